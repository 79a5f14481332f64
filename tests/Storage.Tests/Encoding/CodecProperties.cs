using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Twins;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Encoding;

public class CodecProperties
{
    [Fact]
    public void Any_event_decodes_to_itself() =>
        Prop.ForAll(Generate.Event.ToArbitrary(), twinEvent =>
            Assert.Equal(twinEvent, TwinEventCodec.Decode(Encoded(target => TwinEventCodec.Encode(target, twinEvent))))).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_request_to_a_shadow_arrives_as_it_was_sent() =>
        Prop.ForAll(Generate.ShadowCommand.ToArbitrary(), command =>
            Assert.Equal(command, TwinCommandCodec.Decode(Encoded(target => TwinCommandCodec.Encode(target, command))))).QuickCheckThrowOnFailure();

    [Fact]
    public void Events_that_share_a_table_of_names_decode_to_themselves() =>
        Prop.ForAll(Generate.Events.ToArbitrary(), events =>
        {
            var names = new MetricNameTable();
            var bytes = Encoded(target =>
            {
                var writer = new FieldWriter(target);
                foreach (var twinEvent in events)
                    TwinEventCodec.Write(ref writer, twinEvent, names);

                writer.Complete();
            });

            var reader = new FieldReader(bytes);
            foreach (var twinEvent in events)
                Assert.Equal(twinEvent, TwinEventCodec.Read(ref reader, names));

            Assert.True(reader.IsAtEnd);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_fold_of_decoded_events_is_the_twin_that_was_believed_and_its_snapshot_is_too() =>
        Prop.ForAll(Generate.Events.ToArbitrary(), events =>
        {
            var believed = events.Aggregate(new Twin(Boiler), TwinEvolution.Evolve);
            var decoded = events.Select(twinEvent => TwinEventCodec.Decode(Encoded(target => TwinEventCodec.Encode(target, twinEvent))));

            Assert.Equal(believed, decoded.Aggregate(new Twin(Boiler), TwinEvolution.Evolve));
            Assert.Equal(believed, TwinCodec.Decode(Encoded(target => TwinCodec.Encode(target, believed))));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_number_keeps_its_very_bits() =>
        Prop.ForAll(Generate.Number.ToArbitrary(), number =>
        {
            var reader = new FieldReader(Encoded(target =>
            {
                var writer = new FieldWriter(target);
                writer.WriteNumber(number);
                writer.Complete();
            }));
            Assert.Equal(BitConverter.DoubleToInt64Bits(number), BitConverter.DoubleToInt64Bits(reader.ReadNumber()));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Bytes_that_end_too_early_are_invalid_data_and_nothing_else() =>
        Prop.ForAll(Generate.Event.ToArbitrary(), twinEvent =>
        {
            var bytes = Encoded(target => TwinEventCodec.Encode(target, twinEvent));
            for (var length = 0; length < bytes.Length; length++)
            {
                var cut = bytes[..length];
                Assert.Throws<InvalidDataException>(() => TwinEventCodec.Decode(cut));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_rounded_reading_of_six_metrics_with_shared_names_takes_less_than_forty_bytes()
    {
        var names = new MetricNameTable();
        var reading = Recorded(new(At(0), At(40), [.. Enumerable.Range(0, 6).Select(i => new Domain.Telemetry.Metric(Domain.Telemetry.MetricName.Parse($"metric-{i}"), Domain.Telemetry.MetricValue.Of(20.25 + i)))]));

        var bytes = Encoded(target =>
        {
            var writer = new FieldWriter(target);
            TwinEventCodec.Write(ref writer, reading, names);
            writer.Complete();
        });

        Assert.InRange(bytes.Length, 1, 40);
    }

    private static byte[] Encoded(Action<IBufferWriter<byte>> encode)
    {
        var target = new ArrayBufferWriter<byte>();
        encode(target);
        return target.WrittenSpan.ToArray();
    }
}
