namespace OrleansIot.Standalone;

/// <summary>The settings would do harm; the message says which and how to mend it.</summary>
internal sealed class StartRefusedException(string message) : Exception(message);
