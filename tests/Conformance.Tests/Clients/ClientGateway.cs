using OrleansIot.Gateway.Tests.Harness;

namespace OrleansIot.Conformance.Tests.Clients;

/// <summary>A gateway with every listener it has, and the certificates by which clients know it.</summary>
public sealed class ClientGateway : IAsyncLifetime
{
    private readonly TestAuthority _authority = new();
    private ListeningGateway? _gateway;

    /// <summary>PEM file of what signs the gateway's certificate.</summary>
    public string CaPath => _authority.RootPath;

    internal ListeningGateway Gateway => _gateway!;

    internal FakeTwins Twins => Gateway.Twins;

    public int Port => Gateway.Port;

    public int TlsPort => Gateway.Address.Tls!.Port;

    public async ValueTask InitializeAsync()
    {
        _authority.RenewGateway();
        _gateway = await GatewayHost.Start([.. _authority.Settings(), "--Gateway:WebSocket:Port", "0", "--Gateway:SecureWebSocket:Port", "0"]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
            await _gateway.DisposeAsync();

        _authority.Dispose();
    }

    /// <summary>By the scheme that clients know the transport by: mqtt, mqtts, ws or wss.</summary>
    public string Url(string scheme) => scheme switch
    {
        "mqtt" => $"mqtt://127.0.0.1:{Port}",
        "mqtts" => $"mqtts://127.0.0.1:{TlsPort}",
        "ws" => $"ws://127.0.0.1:{Gateway.Address.WebSocket!.Port}/mqtt",
        "wss" => $"wss://127.0.0.1:{Gateway.Address.SecureWebSocket!.Port}/mqtt",
        _ => throw new ArgumentOutOfRangeException(nameof(scheme), scheme, "mqtt, mqtts, ws or wss"),
    };
}
