using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Fuzz;

namespace OrleansIot.Mqtt.Tests.Codec;

/// <summary>
/// The codec against anything that may come: valid packets, broken ones, noise. A case is one seed, which the message of a failure
/// shows; a seed that failed stays as its own test.
/// </summary>
public sealed class CodecFuzz(ITestOutputHelper output)
{
    private const int Valid = 30_000, Mutated = 200_000, Noise = 50_000, Streams = 50_000;

    // A rented buffer may be twice what is asked for, and the first one brings the pool's own tables.
    private const int PoolBytes = 8_192;

    [Fact]
    public void There_are_a_hundred_thousand_cases_at_least() => Assert.InRange(Valid + Mutated + Noise + Streams, 100_000, int.MaxValue);

    [Fact]
    public void Any_valid_packet_reads_back_as_it_was_written_however_it_is_cut() =>
        Check("valid packets, each cut at every byte", Valid, PacketSampler.FromSeed, HoldsForValid);

    [Fact]
    public void A_broken_packet_is_read_or_refused_and_nothing_else() =>
        Check("broken packets", Mutated, FromMutator, HoldsForAnything);

    [Fact]
    public void Noise_is_read_or_refused_and_nothing_else() =>
        Check("random bytes", Noise, FromNoise, HoldsForAnything);

    [Fact]
    public void A_stream_of_good_and_broken_packets_is_read_alike_in_one_piece_and_in_many() =>
        Check("streams of packets in random segments", Streams, FromStream, HoldsForStream);

    private void Check<TCase>(string what, int count, Func<int, TCase> fromSeed, Action<TCase> holds)
    {
        var cases = 0;
        var started = TimeProvider.System.GetTimestamp();
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).Select(seed => new Seeded<TCase>(seed, fromSeed(seed))).ToArbitrary(), seeded =>
        {
            cases++;
            holds(seeded.Case);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(count));

        Assert.Equal(count, cases);
        output.WriteLine($"Measured: codec fuzz, {cases:N0} {what}, in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s");
    }

    private static void HoldsForValid(PacketSampler sample)
    {
        var bytes = sample.Bytes;
        var body = ReadsOrRefuses(bytes, sample.Version, out var reason);
        Assert.Equal(MqttReasonCode.Success, reason);
        Assert.Equal(bytes, body);

        using var reader = new MqttFrameReader(int.MaxValue);
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            // What has come so far, and all of it in two pieces.
            AsksForMore(bytes.AsSpan(0, cut));
            ReadsWhole(reader, Segments.Of(bytes, [cut]), bytes);
        }

        var singly = Segments.Of(bytes, 1);
        for (var cut = 0; cut < Math.Min(bytes.Length, 512); cut++)
        {
            var buffer = singly.Slice(0, cut);
            Assert.Equal(OperationStatus.NeedMoreData, reader.Read(ref buffer, out _, out _));
            Assert.Equal(cut, buffer.Length);
        }

        ReadsWhole(reader, singly, bytes);

        // A body that ends early in a frame that says so: read as something shorter, or refused.
        var whole = Wire.Frame(bytes).Body;
        for (var cut = 0; cut < Math.Min(whole.Length, 512); cut++)
            Interprets(new MqttFrame(bytes[0], whole[..cut]), sample.Version);
    }

    private static void HoldsForAnything(Hostile hostile)
    {
        ReadsOrRefuses(hostile.Bytes, MqttVersion.V311, out _);
        ReadsOrRefuses(hostile.Bytes, MqttVersion.V5, out _);
        IsReadAlikeInPieces(hostile);
    }

    private static void HoldsForStream(Hostile hostile) => IsReadAlikeInPieces(hostile);

    /// <summary>What one packet at the start of these bytes is encoded as, or null.</summary>
    private static byte[]? ReadsOrRefuses(byte[] bytes, MqttVersion version, out MqttReasonCode reason)
    {
        AllocatesNothing(bytes, version);
        var status = MqttFrame.Read(bytes, int.MaxValue, out var frame, out var bytesRead, out reason);
        var isInterpreted = status == OperationStatus.Done && Interprets(frame, version, out reason);
        Assert.Equal(isInterpreted || status == OperationStatus.NeedMoreData, reason == MqttReasonCode.Success);
        Assert.Equal(status == OperationStatus.Done, bytesRead > 0);
        if (status != OperationStatus.Done)
            return null;

        // Nothing behind its end is looked at, and one byte less is too few.
        Assert.True(bytesRead <= bytes.Length);
        AsksForMore(bytes.AsSpan(0, bytesRead - 1));
        Assert.Equal(isInterpreted, Interprets(Wire.Frame(bytes.AsSpan(0, bytesRead).ToArray()), version));
        if (!isInterpreted)
            return null;

        var first = Transcoder.TryTranscode(frame, version, out _);
        Assert.NotNull(first);
        Assert.Equal(first, Transcoder.TryTranscode(Wire.Frame(first), version, out _));
        return first;
    }

    /// <summary>Whatever lengths the bytes state, they are looked at where they are.</summary>
    private static void AllocatesNothing(byte[] bytes, MqttVersion version)
    {
        // What is set up at the first use of a type counts once.
        if (Allocated() != 0)
            Assert.Equal(0, Allocated());

        long Allocated()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            if (MqttFrame.Read(bytes, int.MaxValue, out var frame, out _, out _) == OperationStatus.Done)
                Transcoder.TryRead(frame, version, out _);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static bool Interprets(MqttFrame frame, MqttVersion version) => Interprets(frame, version, out _);

    private static bool Interprets(MqttFrame frame, MqttVersion version, out MqttReasonCode reason)
    {
        var isRead = Transcoder.TryRead(frame, version, out reason);
        return isRead == (reason == MqttReasonCode.Success) ? isRead : throw new InvalidOperationException($"read: {isRead}, and the reason is {reason}");
    }

    private static void AsksForMore(ReadOnlySpan<byte> bytes)
    {
        if (MqttFrame.Read(bytes, int.MaxValue, out _, out var bytesRead, out _) != OperationStatus.NeedMoreData || bytesRead != 0)
            Assert.Fail($"{bytes.Length} bytes are too few, and were taken for a packet or refused.");
    }

    private static void ReadsWhole(MqttFrameReader reader, ReadOnlySequence<byte> buffer, byte[] packet)
    {
        if (reader.Read(ref buffer, out var frame, out _) != OperationStatus.Done || !buffer.IsEmpty
            || frame.Header != packet[0] || !packet.AsSpan().EndsWith(frame.Body) || !frame.Body.SequenceEqual(Wire.Frame(packet).Body))
            Assert.Fail("In pieces it reads as something else.");
    }

    private static void IsReadAlikeInPieces(Hostile hostile)
    {
        using var reader = new MqttFrameReader(hostile.MaxPacketSize);
        var inOne = hostile.Bytes.AsSpan();
        var inMany = Segments.Of(hostile.Bytes, hostile.Cuts);
        var allowance = PoolBytes + (4 * hostile.Bytes.Length);
        var before = GC.GetAllocatedBytesForCurrentThread();
        while (true)
        {
            var status = MqttFrame.Read(inOne, hostile.MaxPacketSize, out var frame, out var bytesRead, out var reason);
            var left = inMany.Length;
            var statusInMany = reader.Read(ref inMany, out var frameInMany, out var reasonInMany);
            if (status != statusInMany || reason != reasonInMany || bytesRead != left - inMany.Length
                || (status == OperationStatus.Done && (frame.Header != frameInMany.Header || !frame.Body.SequenceEqual(frameInMany.Body))))
                Assert.Fail($"In one piece {status} ({reason}), in many {statusInMany} ({reasonInMany}).");
            if (status != OperationStatus.Done)
                break;

            inOne = inOne[bytesRead..];
        }

        // A length is believed once its bytes are there, not before.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, allowance);
    }

    private static Hostile FromMutator(int seed)
    {
        var random = new Random(seed);
        return new Hostile(random, PacketMutator.Mutate(random, Sample(random), Sample(random)));
    }

    private static Hostile FromNoise(int seed)
    {
        var random = new Random(seed);
        var noise = new byte[random.Next(120)];
        random.NextBytes(noise);

        // Half of it in a frame, so that it gets past the fixed header.
        return new Hostile(random, random.Next(2) == 0 ? noise : PacketMutator.Framed(Sample(random)[0], noise));
    }

    private static Hostile FromStream(int seed)
    {
        var random = new Random(seed);
        var bytes = new List<byte>();
        for (var packets = random.Next(1, 6); packets > 0; packets--)
            bytes.AddRange(random.Next(5) == 0 ? PacketMutator.Mutate(random, Sample(random), Sample(random)) : Sample(random));
        return new Hostile(random, [.. bytes]);
    }

    private static byte[] Sample(Random random) => PacketSampler.FromSeed(random.Next()).Bytes;

    private sealed class Hostile
    {
        public Hostile(Random random, byte[] bytes)
        {
            Bytes = bytes;
            MaxPacketSize = random.Next(4) == 0 ? random.Next(2, 300) : int.MaxValue;
            Cuts = [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Next(bytes.Length + 1)).Order()];
        }

        public byte[] Bytes { get; }

        public int MaxPacketSize { get; }

        public int[] Cuts { get; }

        public override string ToString() => $"{Convert.ToHexString(Bytes)}, cut at {string.Join(", ", Cuts)}, at most {MaxPacketSize}";
    }

    private sealed record Seeded<TCase>(int Seed, TCase Case)
    {
        public override string ToString() => $"seed {Seed}: {Case}";
    }
}
