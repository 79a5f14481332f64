using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Tests.Codec;

public sealed class AnyPacketTests
{
    private static readonly Arbitrary<PacketSampler> AnyPacket =
        Gen.Choose(0, int.MaxValue - 1).Select(PacketSampler.FromSeed).ToArbitrary();

    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(1_000);

    [Fact]
    public void Any_packet_reads_back_as_it_was_written() =>
        Prop.ForAll(AnyPacket, sample =>
        {
            var again = Transcoder.TryTranscode(Wire.Frame(sample.Bytes), sample.Version, out var reason);
            Assert.Equal(MqttReasonCode.Success, reason);
            Assert.Equal(sample.Bytes, again);
        }).Check(Many);

    [Fact]
    public void Every_shorter_prefix_of_a_packet_asks_for_more_data_and_consumes_nothing() =>
        Prop.ForAll(AnyPacket, sample =>
        {
            for (var cut = 0; cut < sample.Bytes.Length; cut++)
            {
                var status = MqttFrame.Read(sample.Bytes.AsSpan(0, cut), int.MaxValue, out _, out var bytesRead, out _);
                Assert.Equal((OperationStatus.NeedMoreData, 0), (status, bytesRead));
            }
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void A_body_that_ends_early_is_refused_or_read_as_something_shorter_but_never_throws() =>
        Prop.ForAll(AnyPacket, sample =>
        {
            var body = Wire.Frame(sample.Bytes).Body;
            for (var cut = 0; cut < body.Length; cut++)
                ReadsOrRefuses(Wire.Raw(sample.Bytes[0], body[..cut]), sample.Version);
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void A_packet_with_mutated_bytes_never_throws_and_what_is_accepted_is_stable() =>
        Prop.ForAll(AnyPacket, Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), (sample, seed) =>
        {
            var random = new Random(seed);
            var bytes = sample.Bytes.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            ReadsOrRefuses(bytes, sample.Version);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void Random_bytes_never_throw() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            ReadsOrRefuses(bytes, MqttVersion.V311);
            ReadsOrRefuses(bytes, MqttVersion.V5);
        }).Check(Many);

    private static void ReadsOrRefuses(ReadOnlySpan<byte> bytes, MqttVersion version)
    {
        var status = MqttFrame.Read(bytes, int.MaxValue, out var frame, out var bytesRead, out var frameReason);
        Assert.Equal(status == OperationStatus.InvalidData, frameReason != MqttReasonCode.Success);
        Assert.Equal(status == OperationStatus.Done, bytesRead > 0);
        if (status != OperationStatus.Done)
            return;

        var first = Transcoder.TryTranscode(frame, version, out var reason);
        Assert.Equal(first is null, reason != MqttReasonCode.Success);
        if (first is null)
            return;

        var second = Transcoder.TryTranscode(Wire.Frame(first), version, out _);
        Assert.Equal(first, second);
    }
}
