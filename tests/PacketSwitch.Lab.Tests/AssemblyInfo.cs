// Two labs at once: each has namespaces of its own, and most of its time it waits. What measures
// time or fills both cores is in AloneCollection.
[assembly: Xunit.CollectionBehavior(MaxParallelThreads = 2)]
