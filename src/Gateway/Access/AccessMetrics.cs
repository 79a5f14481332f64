using System.Diagnostics.Metrics;
using OrleansIot.Application.Telemetry;

namespace OrleansIot.Gateway.Access;

/// <summary>Who was kept from what, by reason; refused messages are counted in <see cref="GatewayMetrics"/>.</summary>
internal sealed class AccessMetrics : IDisposable
{
    private readonly Meter _meter = new(IngestStatistics.MeterName);
    private readonly Counter<long> _connects;
    private readonly Counter<long> _subscriptions;
    private readonly Counter<long> _revoked;
    private readonly Counter<long> _passwords;

    public AccessMetrics()
    {
        _connects = _meter.CreateCounter<long>("orleansiot_mqtt_refused_connects", "{connect}", "CONNECT packets that were refused for who sent them, by reason.");
        _subscriptions = _meter.CreateCounter<long>("orleansiot_mqtt_refused_subscriptions", "{subscription}", "Subscriptions that their client may not make.");
        _revoked = _meter.CreateCounter<long>("orleansiot_mqtt_revoked_connections", "{connection}", "Open connections that were closed because of a change of access, by reason.");
        _passwords = _meter.CreateCounter<long>("orleansiot_mqtt_passwords_hashed", "{password}", "Passwords that had to be hashed; those known from before are not.");
    }

    public void ConnectRefused(string reason) => _connects.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void SubscriptionRefused() => _subscriptions.Add(1);

    public void Revoked(string reason) => _revoked.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void PasswordHashed() => _passwords.Add(1);

    public void Dispose() => _meter.Dispose();
}
