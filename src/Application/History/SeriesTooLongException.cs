namespace OrleansIot.Application.History;

/// <summary>A series was asked for in a resolution in which it has more points than one answer is made from.</summary>
public sealed class SeriesTooLongException(string message) : Exception(message);
