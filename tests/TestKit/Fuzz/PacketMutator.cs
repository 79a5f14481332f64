namespace OrleansIot.TestKit.Fuzz;

/// <summary>Breaks MQTT packets the way a faulty or hostile peer does. It knows the frame around a packet and no more: whether the result is still valid is for the reader to find out.</summary>
public static class PacketMutator
{
    private const int MaxLengthBytes = 4;

    private static readonly byte[] Telling = [0x00, 0x01, 0x02, 0x03, 0x0B, 0x23, 0x26, 0x7F, 0x80, 0xC0, 0xFF, (byte)'+', (byte)'#', (byte)'/', (byte)'$'];

    // U+0000, a surrogate, an overlong '/', beyond U+10FFFF, a sequence cut short, a byte that never occurs.
    private static readonly byte[][] BrokenText = [[0x00], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xF4, 0x90, 0x80, 0x80], [0xE6, 0xB8], [0xFE]];

    /// <param name="random">Decides everything: the same seed breaks a packet in the same way.</param>
    /// <param name="packet">A whole packet.</param>
    /// <param name="other">Another one, which may lend its parts.</param>
    public static byte[] Mutate(Random random, byte[] packet, byte[] other)
    {
        var header = packet[0];
        var body = Body(packet).ToArray();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
            (header, body) = Change(random, header, body, other);

        var mutated = Framed(header, body);
        return random.Next(6) == 0 ? Misstated(random, mutated) : mutated;
    }

    /// <summary>A packet with this body.</summary>
    public static byte[] Framed(byte header, ReadOnlySpan<byte> body) => [header, .. Length(body.Length), .. body];

    private static (byte Header, byte[] Body) Change(Random random, byte header, byte[] body, byte[] other)
    {
        var at = random.Next(body.Length + 1);
        var end = random.Next(at, body.Length + 1);
        switch (random.Next(10))
        {
            case 0: // bits turn
                if (body.Length > 0)
                    body[random.Next(body.Length)] ^= (byte)(1 << random.Next(8));
                return (header, body);
            case 1: // a byte that means something in many places
                if (body.Length > 0)
                    body[random.Next(body.Length)] = Telling[random.Next(Telling.Length)];
                return (header, body);
            case 2: // a length, anywhere
                if (body.Length > 1)
                    Overwrite(random, body);
                return (header, body);
            case 3: // the end is missing
                return (header, body[..at]);
            case 4: // a piece is missing
                return (header, [.. body[..at], .. body[end..]]);
            case 5: // a piece comes twice: of a property section, a duplicated property
                return (header, [.. body[..end], .. body[at..]]);
            case 6: // the end of another packet
                var lent = Body(other);
                return (header, [.. body[..at], .. lent[random.Next(lent.Length + 1)..]]);
            case 7: // what no text may hold
                return (header, [.. body[..at], .. BrokenText[random.Next(BrokenText.Length)], .. body[end..]]);
            case 8: // noise
                var noise = new byte[random.Next(1, 9)];
                random.NextBytes(noise);
                return (header, [.. body[..at], .. noise, .. body[at..]]);
            default: // another type or other flags
                return ((byte)(random.Next(2) == 0 ? header ^ (1 << random.Next(8)) : other[0]), body);
        }
    }

    private static void Overwrite(Random random, byte[] body)
    {
        var at = random.Next(body.Length - 1);
        var said = (body[at] << 8) | body[at + 1];
        var length = random.Next(5) switch
        {
            0 => 0,
            1 => ushort.MaxValue,
            2 => said + 1,
            3 => said - 1,
            _ => body.Length - at - 2,
        };
        (body[at], body[at + 1]) = ((byte)(length >> 8), (byte)length);
    }

    /// <summary>The remaining length says something else than what follows, or says it in a way that is not allowed.</summary>
    private static byte[] Misstated(Random random, byte[] packet)
    {
        var body = Body(packet);
        byte[] length = random.Next(5) switch
        {
            0 => Length(body.Length + random.Next(1, 1_000)),
            1 => Length(random.Next(body.Length + 1)),
            2 => [0xFF, 0xFF, 0xFF, 0x7F],
            3 => [0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
            _ => [(byte)(body.Length | 0x80), 0x00],
        };
        return [packet[0], .. length, .. body];
    }

    private static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> packet)
    {
        var lengthBytes = 1;
        while (lengthBytes < MaxLengthBytes && packet[lengthBytes] >= 0x80)
            lengthBytes++;
        return packet[(1 + lengthBytes)..];
    }

    private static byte[] Length(int value)
    {
        var bytes = new List<byte>(MaxLengthBytes);
        do
        {
            var rest = value >> 7;
            bytes.Add((byte)((value & 0x7F) | (rest > 0 ? 0x80 : 0)));
            value = rest;
        }
        while (value > 0);
        return [.. bytes];
    }
}
