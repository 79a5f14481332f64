namespace OrleansIot.Application.History.Rollups;

/// <summary>What is kept of a metric's values in one unit of time; and, summed up, in one bucket of an answer.</summary>
public struct Rollup
{
    public double Min { get; set; }
    public double Max { get; set; }
    public double Sum { get; set; }
    public long Count { get; set; }

    public void Add(double value) => Merge(new Rollup { Min = value, Max = value, Sum = value, Count = 1 });

    public void Merge(in Rollup other)
    {
        if (other.Count == 0)
            return;

        Min = Count == 0 ? other.Min : Math.Min(Min, other.Min);
        Max = Count == 0 ? other.Max : Math.Max(Max, other.Max);
        Sum += other.Sum;
        Count += other.Count;
    }
}
