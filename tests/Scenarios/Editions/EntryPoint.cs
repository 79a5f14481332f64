using OrleansIot.Scenarios.Clients;

namespace OrleansIot.Scenarios.Editions;

/// <summary>One process or silo, from outside.</summary>
public sealed class EntryPoint(Uri http, int mqttPort) : IDisposable
{
    public Uri Http => http;

    public int MqttPort => mqttPort;

    public ApiClient Api { get; } = new(http);

    public void Dispose() => Api.Dispose();
}
