using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Application.History;
using OrleansIot.Application.History.Ports;
using OrleansIot.Domain.Telemetry;
using OrleansIot.TestKit.Storage;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.History;

/// <summary>
/// The same readings, late ones and repeated times among them, go to the store and to a plain list; whatever happens between
/// (chunks are written, a graceful stop, a crash), both answer alike.
/// </summary>
public abstract class HistoryModelTests(int runs)
{
    private static readonly MetricName[] Names = [Temperature, Pressure, MetricName.Parse("valve")];

    // Ten-second steps make equal times and the edges of minutes and hours common, quarters of an hour over weeks those of coarse
    // roll-ups.
    private static readonly Gen<long> Time = Gen.OneOf(
        Gen.Choose(0, 1_080).Select(step => step * 10_000L),
        Gen.Choose(0, 10_800_000).Select(at => (long)at),
        Gen.Choose(0, 70 * 96).Select(step => step * 900_000L));

    private static readonly Gen<MetricValue> Value = Gen.Frequency(
        (8, Gen.Choose(-5_000, 5_000).Select(n => MetricValue.Of(n / 8.0))),
        (1, Gen.Elements(true, false).Select(MetricValue.Of)),
        (1, Gen.Constant(MetricValue.Of("n/a"))));

    private static readonly Gen<Reading> AnyReading =
        from at in Time
        from first in Gen.Choose(0, Names.Length - 1)
        from values in Value.ListOf(Names.Length)
        select new Reading(At(at), At(at + 40), [.. Names.Skip(first).Zip(values, (name, value) => new Metric(name, value))]);

    private static readonly Gen<Step> AnyStep = Gen.Frequency(
        (6, AnyReading.NonEmptyListOf().Select(readings => (Step)new Step.Append([.. readings]))),
        (1, Gen.Constant<Step>(new Step.Settle())),
        (1, Gen.Constant<Step>(new Step.Restart())),
        (1, Time.ListOf(10).Select(marks => (Step)new Step.Expire(Marks([.. marks])))),
        (1, Gen.Constant<Step>(new Step.Crash())));

    private static readonly Gen<SeriesQuery> AnyQuery =
        from metric in Gen.Elements(Names)
        from one in Time
        from other in Time
        from shape in Gen.Frequency((2, Gen.Constant(SeriesShape.Buckets)), (1, Gen.Elements(SeriesShape.Lttb, SeriesShape.MinMax)))
        from points in shape == SeriesShape.Buckets ? Gen.Elements(1, 2, 7, 100, 300, 5_000) : Gen.Elements(4, 5, 20, 300)
        from resolution in Gen.Frequency((2, Gen.Constant<HistoryResolution?>(null)), (1, Gen.Elements(Enum.GetValues<HistoryResolution>()).Select(asked => (HistoryResolution?)asked)))
        select new SeriesQuery(Boiler, metric, At(Math.Min(one, other)), At(Math.Max(one, other)), points, resolution, shape);

    private abstract record Step
    {
        public sealed record Append(Reading[] Readings) : Step;

        /// <summary>Time passes, so that buffered readings become a chunk.</summary>
        public sealed record Settle : Step;

        public sealed record Restart : Step;

        public sealed record Crash : Step;

        public sealed record Expire(KeptSince Kept) : Step;
    }

    protected abstract IHistoryUnderTest New();

    /// <summary>Skips the test where there is no such store: within the property it would count as a failure.</summary>
    protected virtual void Require()
    {
    }

    [Fact]
    public void The_store_answers_as_a_plain_list_of_readings_would()
    {
        Require();
        Prop.ForAll(
            AnyStep.ListOf().Zip(AnyQuery.ListOf(20)).ToArbitrary(),
            run => RunAsync([.. run.Item1], [.. run.Item2]).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(runs));
    }

    private async Task RunAsync(Step[] steps, SeriesQuery[] queries)
    {
        var model = new InMemoryReadingHistory();
        await using var subject = New();
        var store = await subject.Restarted();
        long version = 0;
        foreach (var step in steps)
        {
            switch (step)
            {
                case Step.Append append:
                    await store.Journal.Append(Append(Boiler, version, [.. append.Readings.Select(Recorded)]), default);
                    version += append.Readings.Length;
                    foreach (var reading in append.Readings)
                        model.Add(Boiler, reading);
                    break;

                case Step.Settle:
                    await subject.Settle();
                    break;

                case Step.Restart:
                    store = await subject.Restarted();
                    break;

                case Step.Expire expire:
                    await store.History.Expire(expire.Kept, default);
                    await model.Expire(expire.Kept, default);
                    break;

                case Step.Crash:
                    store = await subject.Crashed();
                    break;
            }
        }

        foreach (var query in queries)
            await Compare(model, store.History, query);
    }

    private static async Task Compare(InMemoryReadingHistory model, IReadingHistory store, SeriesQuery query)
    {
        var expected = await model.Query(query, default);
        var actual = await store.Query(query, default);
        Assert.Equal((expected.Resolution, expected.Source), (actual.Resolution, actual.Source));

        // Eighths add up exactly in any order, so means need no tolerance but for their division.
        Assert.Equal(expected.Points.Select(Rounded), actual.Points.Select(Rounded));
        Assert.Equal(
            await model.Readings(Boiler, query.From, query.To, query.Points, default),
            await store.Readings(Boiler, query.From, query.To, query.Points, default));
        Assert.Equal(
            await model.Oldest(Boiler, query.From, query.To, query.Points, default),
            await store.Oldest(Boiler, query.From, query.To, query.Points, default));
    }

    /// <summary>Of two kinds of metrics. Early ones: what has expired is hard to see, and most is to be seen.</summary>
    private static KeptSince Marks(long[] times) => new(
    [
        new("temp*", [.. times[..5].Select(time => At(time / 4))]),
        new(KeptSince.AllMetrics, [.. times[5..].Select(time => At(time / 4))]),
    ]);

    private static SeriesPoint Rounded(SeriesPoint point) => point with { Mean = Math.Round(point.Mean, 9) };
}

/// <summary>A store that lives through what a history may have to live through.</summary>
public interface IHistoryUnderTest : IAsyncDisposable
{
    /// <summary>After a graceful stop, if it was open.</summary>
    Task<StorePorts> Restarted();

    Task<StorePorts> Crashed();

    /// <summary>So much time passes that what waits to become a chunk is one.</summary>
    Task Settle();
}
