// The lab takes both cores for itself; two at once would only wait for each other.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
