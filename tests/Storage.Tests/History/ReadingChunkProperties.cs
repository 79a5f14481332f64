using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Application.History.Chunks;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Storage.Tests.Encoding;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.History;

public class ReadingChunkProperties
{
    [Fact]
    public void Any_readings_come_out_of_a_chunk_as_they_went_in() =>
        Prop.ForAll(Generate.Reading.ListOf().ToArbitrary(), readings =>
        {
            var buffer = new ReadingChunkWriter();
            foreach (var reading in readings)
                buffer.Add(reading);

            var reader = new ReadingChunkReader(buffer.Bytes.ToArray());
            foreach (var reading in readings)
            {
                Assert.True(reader.Read());
                Assert.Equal(reading, reader.ToReading());
            }

            Assert.False(reader.Read());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Rounded_readings_of_six_metrics_take_less_than_thirty_bytes_each()
    {
        var names = Enumerable.Range(0, 6).Select(i => MetricName.Parse($"metric-{i}")).ToArray();
        var buffer = new ReadingChunkWriter();
        for (var i = 0; i < 600; i++)
            buffer.Add(new Reading(At(i * 1_000), At((i * 1_000) + 40), [.. names.Select((name, m) => new Metric(name, MetricValue.Of(Math.Round(50 + (20 * Math.Sin((i + m) * 0.1)), 2))))]));

        Assert.InRange(buffer.Length / 600.0, 1, 30);
    }
}
