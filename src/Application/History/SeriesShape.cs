namespace OrleansIot.Application.History;

/// <summary>What the points of a series are.</summary>
public enum SeriesShape
{
    /// <summary>Buckets of equal width, each with what was measured in it.</summary>
    Buckets,

    /// <summary>Those points that draw the line of all of them best (largest triangle, three buckets).</summary>
    Lttb,

    /// <summary>The least and the greatest of each stretch.</summary>
    MinMax,
}
