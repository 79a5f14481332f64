using System.Collections.Immutable;
using OrleansIot.Application.History.Chunks;
using OrleansIot.Application.History.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.History.Rollups;

/// <summary>One answer while a store shows it what it has.</summary>
public abstract class SeriesGathering(SeriesPlan plan, MetricName metric)
{
    private protected SeriesPlan Plan => plan;

    /// <summary>Whether there is more than it takes, so that nothing further counts.</summary>
    public virtual bool IsTooMuch => false;

    public static SeriesGathering For(SeriesPlan plan, MetricName metric) =>
        plan.IsOfReadings ? new GatheredReadings(plan, metric) : new GatheredBuckets(plan, metric);

    /// <summary>Makes the answer to a query, whatever the store.</summary>
    /// <param name="gather">Shows what the store has in the plan's range.</param>
    public static async ValueTask<Series> Answer(SeriesQuery query, KeptSince kept, Func<SeriesPlan, ValueTask<SeriesGathering>> gather)
    {
        var plan = SeriesPlan.For(query, kept);
        if (plan.From >= plan.To)
            return new Series([], TimeSpan.FromMilliseconds(plan.Width), SourceOf(plan));

        var gathered = await gather(plan);
        if (gathered.IsTooMuch && query.Resolution is null)
            gathered = await gather(SeriesPlan.Coarser(query, kept));

        return gathered.IsTooMuch
            ? throw new SeriesTooLongException($"The range has more than {SeriesPlan.MostChosenFrom:N0} readings.")
            : gathered.ToSeries();
    }

    /// <summary>At least so many readings are going to be shown.</summary>
    public virtual void Expect(long readings)
    {
    }

    /// <param name="number">Chunks that came later have a greater one.</param>
    public void AddChunk(byte[] chunk, long number)
    {
        var readings = new ReadingChunkReader(chunk);
        for (var place = 0; readings.Read() && !IsTooMuch; place++)
        {
            if (!IsInRange(readings.At))
                continue;

            var column = readings.Names.IndexOf(metric);
            Take(readings.At, number, place, column >= 0 ? readings.Values[column] : null);
        }
    }

    /// <summary>A reading that is in no chunk yet.</summary>
    /// <param name="number">Beyond those of all chunks.</param>
    public void Add(Reading reading, long number)
    {
        if (!IsInRange(reading.At.UnixMilliseconds) || IsTooMuch)
            return;

        MetricValue? found = null;
        foreach (var value in reading.Metrics)
        {
            if (value.Name == metric)
                found = value.Value;
        }

        Take(reading.At.UnixMilliseconds, number, 0, found);
    }

    /// <param name="level">That of the plan or a finer one.</param>
    public void AddBlock(RollupLevel level, long block, ReadOnlySpan<Rollup> units)
    {
        for (var i = 0; i < units.Length; i++)
        {
            var at = (block * level.BlockLength) + (i * level.Unit);
            if (units[i].Count > 0 && IsInRange(at))
                Put(at, units[i]);
        }
    }

    public Series ToSeries()
    {
        var points = ToPoints();
        return new Series(
            plan.Shape switch
            {
                SeriesShape.Lttb => Downsampling.Lttb(points, plan.Points),
                SeriesShape.MinMax => Downsampling.MinMax(points, plan.Points),
                _ => points,
            },
            TimeSpan.FromMilliseconds(plan.Width),
            SourceOf(plan));
    }

    private protected abstract ImmutableArray<SeriesPoint> ToPoints();

    /// <param name="value">Null for a reading without the metric.</param>
    private protected abstract void Take(long at, long number, int place, MetricValue? value);

    private protected virtual void Put(long at, in Rollup values) => throw new InvalidOperationException("The plan is to answer from readings.");

    private static HistoryResolution SourceOf(SeriesPlan plan) => plan.Level?.Resolution ?? HistoryResolution.Raw;

    // Where it is the mark of a resolution, that is at the start of a unit, and so finer parts of it are judged alike.
    private bool IsInRange(long at) => at >= plan.From && at < plan.To && at >= plan.KeptFrom;
}

/// <summary>Buckets of equal width.</summary>
internal sealed class GatheredBuckets(SeriesPlan plan, MetricName metric) : SeriesGathering(plan, metric)
{
    private readonly Rollup[] _buckets = new Rollup[plan.Buckets];

    private protected override void Take(long at, long number, int place, MetricValue? value)
    {
        if (value is { Kind: not MetricKind.Text } taken)
            _buckets[(at - Plan.From) / Plan.Width].Add(taken.Number);
    }

    private protected override void Put(long at, in Rollup values) => _buckets[(at - Plan.From) / Plan.Width].Merge(values);

    private protected override ImmutableArray<SeriesPoint> ToPoints()
    {
        var points = ImmutableArray.CreateBuilder<SeriesPoint>();
        for (var i = 0; i < _buckets.Length; i++)
        {
            var bucket = _buckets[i];
            if (bucket.Count > 0)
                points.Add(new SeriesPoint(new Instant(Plan.From + (i * Plan.Width)), bucket.Min, bucket.Sum / bucket.Count, bucket.Max, bucket.Count));
        }

        return points.DrainToImmutable();
    }
}

/// <summary>The values themselves, by time; of two at one moment the later to arrive comes last.</summary>
internal sealed class GatheredReadings(SeriesPlan plan, MetricName metric) : SeriesGathering(plan, metric)
{
    private readonly int _most = plan.IsAsked ? SeriesPlan.MostChosenFrom : SeriesPlan.FewReadings;
    private readonly List<(long At, long Number, int Place, double Value)> _values = [];
    private bool _isInOrder = true;
    private int _readings;
    private long _expected;

    public override bool IsTooMuch => Math.Max(_readings, _expected) > _most;

    public override void Expect(long readings) => _expected = readings;

    private protected override void Take(long at, long number, int place, MetricValue? value)
    {
        // Readings without the metric count too: they cost as much to look through.
        _readings++;
        if (value is not { Kind: not MetricKind.Text } taken)
            return;

        _isInOrder &= _values.Count == 0 || (_values[^1].At, _values[^1].Number).CompareTo((at, number)) <= 0;
        _values.Add((at, number, place, taken.Number));
    }

    private protected override ImmutableArray<SeriesPoint> ToPoints()
    {
        if (!_isInOrder)
            _values.Sort((one, other) => (one.At, one.Number, one.Place).CompareTo((other.At, other.Number, other.Place)));

        return [.. _values.Select(value => new SeriesPoint(new Instant(value.At), value.Value, value.Value, value.Value, 1))];
    }
}
