// Local variables are not zeroed at entry: every stackalloc of this project is written before it is read.

[module: System.Runtime.CompilerServices.SkipLocalsInit]
