namespace OrleansIot.Domain.Telemetry;

/// <summary>How a reading breaks the schema of its device's type. Stored: a number is never used again for another meaning.</summary>
public enum Breach : byte
{
    None = 0,

    /// <summary>The value is not between the least and the most that is believed.</summary>
    OutOfRange = 1,

    /// <summary>A number, a boolean or a text where another of them is due.</summary>
    WrongKind = 2,

    /// <summary>The reading does not have a metric that it must have.</summary>
    Missing = 3,

    /// <summary>The type is strict and does not name the metric.</summary>
    Unknown = 4,

    /// <summary>The platform computes the metric: what the device sent under its name was passed over.</summary>
    Derived = 5,
}
