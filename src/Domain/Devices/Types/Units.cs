using System.Collections.Frozen;

namespace OrleansIot.Domain.Devices.Types;

/// <summary>The units between which values are converted by name. Any other text is a unit too, but only shown.</summary>
public static class Units
{
    // A value in the quantity's base unit = value × factor + offset.
    private static readonly FrozenDictionary<string, Unit> Known = new (string Name, string Quantity, double Factor, double Offset)[]
    {
        ("K", "temperature", 1, 0), ("C", "temperature", 1, 273.15), ("F", "temperature", 5.0 / 9, 459.67 * 5 / 9),
        ("Pa", "pressure", 1, 0), ("hPa", "pressure", 100, 0), ("kPa", "pressure", 1_000, 0), ("MPa", "pressure", 1_000_000, 0),
        ("mbar", "pressure", 100, 0), ("bar", "pressure", 100_000, 0), ("psi", "pressure", 6_894.757_293_168, 0),
        ("mm", "length", 0.001, 0), ("cm", "length", 0.01, 0), ("m", "length", 1, 0), ("km", "length", 1_000, 0), ("in", "length", 0.0254, 0), ("ft", "length", 0.3048, 0),
        ("g", "mass", 0.001, 0), ("kg", "mass", 1, 0), ("t", "mass", 1_000, 0), ("lb", "mass", 0.453_592_37, 0),
        ("m/s", "speed", 1, 0), ("km/h", "speed", 1 / 3.6, 0), ("mph", "speed", 0.447_04, 0),
        ("l/min", "flow", 1, 0), ("l/s", "flow", 60, 0), ("l/h", "flow", 1.0 / 60, 0), ("m3/h", "flow", 1_000.0 / 60, 0),
        ("mW", "power", 0.001, 0), ("W", "power", 1, 0), ("kW", "power", 1_000, 0), ("MW", "power", 1_000_000, 0),
        ("J", "energy", 1, 0), ("kJ", "energy", 1_000, 0), ("Wh", "energy", 3_600, 0), ("kWh", "energy", 3_600_000, 0), ("MWh", "energy", 3_600_000_000, 0),
        ("mV", "voltage", 0.001, 0), ("V", "voltage", 1, 0), ("kV", "voltage", 1_000, 0),
        ("mA", "current", 0.001, 0), ("A", "current", 1, 0),
        ("Hz", "frequency", 1, 0), ("kHz", "frequency", 1_000, 0), ("rpm", "frequency", 1.0 / 60, 0),
        ("ms", "time", 0.001, 0), ("s", "time", 1, 0), ("min", "time", 60, 0), ("h", "time", 3_600, 0), ("d", "time", 86_400, 0),
        ("B", "data", 1, 0), ("KiB", "data", 1_024, 0), ("MiB", "data", 1_048_576, 0), ("GiB", "data", 1_073_741_824, 0),
        ("ratio", "share", 1, 0), ("%", "share", 0.01, 0),
    }.ToFrozenDictionary(unit => unit.Name, unit => new Unit(unit.Quantity, unit.Factor, unit.Offset), StringComparer.Ordinal);

    /// <summary>In no order.</summary>
    public static IEnumerable<string> Names => Known.Keys;

    internal static Unit? Find(string name) => Known.TryGetValue(name, out var unit) ? unit : null;

    internal readonly record struct Unit(string Quantity, double Factor, double Offset);
}
