namespace OrleansIot.Domain.Alerts;

/// <summary>Triggered, then perhaps acknowledged, then resolved.</summary>
public enum AlertStatus : byte
{
    Triggered = 0,
    Acknowledged = 1,
    Resolved = 2,
}
