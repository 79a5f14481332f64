namespace OrleansIot.DeviceAgent.Collectors;

/// <summary>The <c>network</c> section, from two counters.</summary>
internal sealed class NetworkTraffic
{
    private CounterRate _in;
    private CounterRate _out;

    public void Report(MetricMessage message, long bytesIn, long bytesOut, TimeSpan elapsed)
    {
        message.Section("network");
        if (_in.Next(bytesIn, elapsed) is { } inRate)
            message.Number("in-bytes-per-second", inRate, 0);

        if (_out.Next(bytesOut, elapsed) is { } outRate)
            message.Number("out-bytes-per-second", outRate, 0);

        message.Number("in-bytes", bytesIn);
        message.Number("out-bytes", bytesOut);
    }
}
