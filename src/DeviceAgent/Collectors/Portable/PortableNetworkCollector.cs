using System.Net.NetworkInformation;

namespace OrleansIot.DeviceAgent.Collectors.Portable;

/// <summary>Bytes in and out over all interfaces but the loopback.</summary>
internal sealed class PortableNetworkCollector : ICollector
{
    private readonly NetworkTraffic _traffic = new();

    public void Collect(MetricMessage message, TimeSpan elapsed)
    {
        long bytesIn = 0, bytesOut = 0;
        foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            {
                var statistics = network.GetIPStatistics();
                bytesIn += statistics.BytesReceived;
                bytesOut += statistics.BytesSent;
            }
        }

        _traffic.Report(message, bytesIn, bytesOut, elapsed);
    }
}
