using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Application.History.Rollups;
using OrleansIot.Application.Twins.Encoding;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.History;

public sealed class RollupBlockProperties
{
    private static readonly Gen<double> AnyValue = Gen.OneOf(
        Gen.Choose(-5_000, 5_000).Select(tenths => tenths / 10.0),
        Gen.Choose(-5_000, 5_000).Select(hundredths => hundredths / 100.0),
        Gen.Elements(-0.0, 0, 1.0 / 3, double.MaxValue, -double.Epsilon, 9e15, 1e-6, 123_456_789.123456));

    [Fact]
    public void Any_values_of_any_minutes_read_back_exactly() =>
        Prop.ForAll(
            AnyValue.Zip(Gen.Choose(0, 59)).ListOf().ToArbitrary(),
            values =>
            {
                var block = new RollupBlock(RollupLevel.Minute);
                var expected = new Rollup[60];
                foreach (var (value, minute) in values)
                {
                    block.Add(Temperature, minute * 60_000, value);
                    expected[minute].Add(value);
                }

                var stored = new ByteBuffer(16);
                block.Write(stored);
                var read = new Rollup[60];
                Assert.Equal(values.Count > 0, RollupBlock.TryRead(stored.Written, "temperature"u8, read));
                Assert.Equal(expected.Select(Values), read.Select(Values));
                var merged = new RollupBlock(RollupLevel.Minute);
                merged.Merge(stored.Written);
                Assert.Equal(expected.Select(Values), merged.Metrics.Select(metric => metric.Value).DefaultIfEmpty(new Rollup[60]).Single().Select(Values));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_hour_of_single_rounded_values_takes_little_more_than_a_byte_each()
    {
        var block = new RollupBlock(RollupLevel.Minute);
        for (var minute = 0; minute < 60; minute++)
            block.Add(Temperature, minute * 60_000, Math.Round(20 + Math.Sin(minute), 1));

        var stored = new ByteBuffer(16);
        block.Write(stored);
        Assert.InRange(stored.Length, 60, 100);
    }

    private static (long, double, double, double) Values(Rollup unit) => (unit.Count, unit.Min, unit.Max, unit.Sum);
}
