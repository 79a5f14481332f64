using System.Buffers;

namespace OrleansIot.Mqtt.Codec;

/// <summary>The integer of one to four bytes that MQTT uses for lengths (1.5.5; in 3.1.1, 2.2.3).</summary>
public static class VariableByteInteger
{
    /// <summary>The largest value four bytes can say.</summary>
    public const int MaxValue = 268_435_455;

    /// <summary>The most bytes a value takes.</summary>
    public const int MaxLength = 4;

    /// <summary>How many bytes <paramref name="value"/> takes.</summary>
    public static int LengthOf(int value) => value switch
    {
        < 0 or > MaxValue => throw new ArgumentOutOfRangeException(nameof(value), value, "Beyond what four bytes can say."),
        < 1 << 7 => 1,
        < 1 << 14 => 2,
        < 1 << 21 => 3,
        _ => 4,
    };

    /// <summary>Reads one integer; consumes nothing unless the answer is <see cref="OperationStatus.Done"/>.</summary>
    public static OperationStatus Read(ReadOnlySpan<byte> source, out int value, out int bytesRead)
    {
        value = 0;
        bytesRead = 0;
        var sum = 0;
        for (var i = 0; i < MaxLength; i++)
        {
            if (i >= source.Length)
                return OperationStatus.NeedMoreData;

            var digit = source[i];
            sum |= (digit & 0x7F) << (7 * i);
            if (digit < 0x80)
            {
                // [MQTT-1.5.5-1]: the value uses the fewest bytes that can say it.
                if (digit == 0 && i > 0)
                    return OperationStatus.InvalidData;

                value = sum;
                bytesRead = i + 1;
                return OperationStatus.Done;
            }
        }

        return OperationStatus.InvalidData;
    }

    /// <summary>Writes <paramref name="value"/> and returns how many bytes it took.</summary>
    public static int Write(Span<byte> destination, int value)
    {
        var length = LengthOf(value);
        for (var i = 0; i < length - 1; i++)
        {
            destination[i] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[length - 1] = (byte)value;
        return length;
    }
}
