using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Dashboard.Display;

/// <summary>What is wrong with a value by its device's type, in few words.</summary>
public static class QualityText
{
    public static string Of(Breach breach) => breach switch
    {
        Breach.OutOfRange => "out of range",
        Breach.WrongKind => "wrong kind",
        Breach.Missing => "not in the last reading",
        Breach.Unknown => "not in its type",
        Breach.Derived => "sent, but computed here",
        _ => "not as its type says",
    };
}
