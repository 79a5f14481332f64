namespace OrleansIot.Dashboard.Alerts;

/// <summary>The segments of the inbox.</summary>
public enum AlertFilter
{
    /// <summary>Triggered or acknowledged.</summary>
    Open,
    Acknowledged,
    Resolved,
    All,
}
