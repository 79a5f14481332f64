namespace OrleansIot.GatewayAlone;

/// <summary>What one server did with one case in one round. A message delivered to many counts as often.</summary>
/// <param name="CpuPerMessage">Microseconds of the server's processor time, flat out.</param>
/// <param name="Lost">What did not reach a subscriber or, without one, was not acknowledged.</param>
/// <param name="ResidentMegabytes">After the flat-out run.</param>
internal sealed record CaseMeasurement(string System, double MessagesPerSecond, double CpuPerMessage, long Lost, double ResidentMegabytes)
{
    /// <summary>At the rate that both can take; likewise the latencies in milliseconds (to the subscriber; without one to PUBACK).</summary>
    public double EqualLoadCpuPerMessage { get; init; }

    public double? P50 { get; init; }

    public double? P99 { get; init; }

    public long EqualLoadLost { get; init; }
}
