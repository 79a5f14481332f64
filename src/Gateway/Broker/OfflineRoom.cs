using Microsoft.Extensions.Options;

namespace OrleansIot.Gateway.Broker;

/// <summary>What all sessions without a connection may keep together.</summary>
internal sealed class OfflineRoom(IOptions<MqttGatewayOptions> options)
{
    private long _bytes;

    public bool Has(int bytes) => Volatile.Read(ref _bytes) + bytes <= options.Value.OfflineBytes;

    public void Count(long bytes) => Interlocked.Add(ref _bytes, bytes);
}
