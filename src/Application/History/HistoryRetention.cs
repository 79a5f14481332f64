namespace OrleansIot.Application.History;

/// <summary>How long history is kept.</summary>
public sealed record HistoryRetention(TimeSpan Readings, TimeSpan Rollups);
