using System.Runtime.InteropServices;

namespace OrleansIot.Domain.Telemetry;

/// <summary>
/// The identity of a message within its device, 64 bits, stable across runs: of the <c>messageId</c> that the sender gave it,
/// or of the delivery itself (packet identifier, topic and payload), by which a QoS 1 redelivery is known again.
/// <see cref="None"/> where there is neither (QoS 0 without an id).
/// </summary>
public readonly record struct MessageKey(ulong Value)
{
    public static readonly MessageKey None;

    private const ulong IdSeed = 0x9E37_79B9_7F4A_7C15;
    private const ulong BootSeed = 0xA24B_AED4_963E_E407;
    private const ulong DeliverySeed = 0xD1B5_4A32_D192_ED03;

    public bool IsNone => Value == 0;

    public static MessageKey OfMessageId(ReadOnlySpan<char> messageId) => new(Hash(MemoryMarshal.AsBytes(messageId), IdSeed));

    internal static ulong HashOfBoot(ReadOnlySpan<byte> bootId) => Hash(bootId, BootSeed);

    public static MessageKey OfDelivery(ushort packetId, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload) =>
        // Folded first: a packet identifier laid beside a short topic would cancel out against its letters.
        new(Hash(payload, Hash(topic, Fold(DeliverySeed ^ packetId, IdSeed))));

    // A multiply-and-fold hash in the manner of wyhash: not cryptographic (a device can only collide with itself), never 0.
    private static ulong Hash(ReadOnlySpan<byte> bytes, ulong seed)
    {
        var hash = seed ^ ((ulong)bytes.Length * 0xA076_1D64_78BD_642F);
        while (bytes.Length >= 8)
        {
            hash = Fold(hash ^ BitConverter.ToUInt64(bytes), 0xE703_7ED1_A0B4_28DB);
            bytes = bytes[8..];
        }

        ulong last = 0;
        foreach (var b in bytes)
            last = (last << 8) | b;

        hash = Fold(hash ^ last ^ ((ulong)bytes.Length << 56), 0x8EBC_6AF0_9C88_C6E3);
        return hash == 0 ? 1 : hash;
    }

    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }
}
