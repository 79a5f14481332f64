namespace OrleansIot.Application.Twins.Encoding;

/// <summary>
/// A double as an integer and a number of decimal places, where that is exact: 23.45 is (2345, 2). Measured values are mostly
/// rounded, and then take two or three bytes instead of eight.
/// </summary>
public static class DecimalNumber
{
    public const int MaxPlaces = 6;

    // Both an integer up to 2^53 and a power of ten up to 10^22 are exact doubles, so their quotient is the double nearest to the decimal.
    private const double MaxMantissa = 1L << 53;

    private static readonly double[] Powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

    public static bool TrySplit(double value, out long mantissa, out int places)
    {
        for (places = 0; places <= MaxPlaces; places++)
        {
            if (TryAt(value, places, out mantissa))
                return true;
        }

        mantissa = 0;
        return false;
    }

    /// <summary>Whether the value has at most so many decimal places.</summary>
    public static bool TryAt(double value, int places, out long mantissa)
    {
        var power = Powers[places];
        var rounded = Math.Round(value * power);
        if (Math.Abs(rounded) > MaxMantissa)
        {
            mantissa = 0;
            return false;
        }

        mantissa = (long)rounded;

        // Bits, not values: a negative zero is not the integer 0.
        return BitConverter.DoubleToInt64Bits(mantissa / power) == BitConverter.DoubleToInt64Bits(value);
    }

    public static double Join(long mantissa, int places) => mantissa / Powers[places];
}
