// Module-wide switches of the Wire project. Locals are not zeroed: every stackalloc here is fully
// written before it is read.
[module: System.Runtime.CompilerServices.SkipLocalsInit]
