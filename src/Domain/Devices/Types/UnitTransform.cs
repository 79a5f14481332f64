namespace OrleansIot.Domain.Devices.Types;

/// <summary>What is kept = what was sent × <paramref name="Scale"/> + <paramref name="Offset"/>.</summary>
/// <param name="From">The unit that the device sends in, where the two numbers come of a conversion between known units.</param>
public sealed record UnitTransform(string? From, double Scale, double Offset)
{
    // A measured value has a handful of digits; those beyond are noise of the computation, and take bytes to store.
    private const int SignificantDigits = 12;
    private const int MostDecimals = 15;

    /// <summary>Null for units that are not known, or do not measure the same.</summary>
    public static UnitTransform? Between(string from, string to) =>
        Units.Find(from) is { } source && Units.Find(to) is { } target && source.Quantity == target.Quantity
            ? new(from, source.Factor / target.Factor, (source.Offset - target.Offset) / target.Factor)
            : null;

    /// <summary>Null where the result is no finite number.</summary>
    public double? Apply(double value) => Finite((value * Scale) + Offset);

    /// <summary>Without the noise behind the digits that mean something; null where it is no finite number.</summary>
    internal static double? Finite(double value)
    {
        if (!double.IsFinite(value))
            return null;

        if (value == 0)
            return 0;

        var decimals = SignificantDigits - 1 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return decimals is >= 0 and <= MostDecimals ? Math.Round(value, decimals) : value;
    }
}
