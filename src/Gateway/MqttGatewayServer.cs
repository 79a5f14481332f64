using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Connections;
using OrleansIot.Gateway.Limits;
using OrleansIot.Gateway.Transports;

namespace OrleansIot.Gateway;

/// <summary>
/// A Kestrel server of its own for MQTT. Listening through the host's Kestrel would make it ignore the addresses its HTTP
/// side was told (<c>--urls</c>, ASPNETCORE_URLS), since endpoints set in code take their place.
/// </summary>
internal sealed class MqttGatewayServer(
    IOptions<MqttGatewayOptions> options, MqttGatewayAddress address, ConnectionGate gate, IServiceProvider services, ILoggerFactory loggers, ILogger<MqttGatewayServer> logger)
    : IHostedLifecycleService, IDisposable
{
    // Bounds what a connection that is not being read (back-pressure) holds in this process. A larger packet still passes:
    // what has been looked at does not count.
    private const int ReadBufferBytes = 64 * 1024;

    // The name that is registered, and AWS IoT Core's for the same with a client certificate. A client that names none is served; one
    // that names others alone was meant for another server, perhaps by somebody who wants our bytes taken for that one's.
    private static readonly List<SslApplicationProtocol> MqttProtocols = [new("mqtt"), new("x-amzn-mqtt-ca")];

    private readonly KestrelServerOptions _kestrel = new() { ApplicationServices = services, AddServerHeader = false };
    private readonly Dictionary<TlsSetup, TlsCertificates> _certificates = [];
    private KestrelServer? _server;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var configured = options.Value;
        var parts = services.GetRequiredService<GatewayParts>();
        parts.Metrics.InFlight = parts.Clients.InFlight;
        await services.GetRequiredService<SessionRecovery>().Run(cancellationToken);

        // Of WebSocket's requests; once upgraded, MQTT's own limits hold.
        _kestrel.Limits.KeepAliveTimeout = configured.ConnectTimeout;
        _kestrel.Limits.RequestHeadersTimeout = configured.ConnectTimeout;
        _kestrel.Limits.MinResponseDataRate = null;

        var listeners = Listener.All(configured);
        var listening = listeners.Select(listener => Listen(listener, parts)).ToList();
        var sockets = new SocketTransportFactory(Options.Create(new SocketTransportOptions { MaxReadBufferSize = ReadBufferBytes }), loggers);
        var endpoint = new WebSocketEndpoint(services.GetRequiredService<MqttConnectionHandler>(), parts, ReadBufferBytes, loggers);
        _server = new KestrelServer(Options.Create(_kestrel), new NamingTransport(sockets, listeners), loggers);
        await _server.StartAsync(endpoint, cancellationToken);

        address.Listeners = [.. listeners.Zip(listening, (listener, listen) => new GatewayListener(listener.Setting, listener.Transport, listen().IPEndPoint!))];
        foreach (var listener in address.Listeners.Where(listener => listener.Setting != MqttGatewayOptions.Section))
            logger.ListeningOver(listener.Transport.Name(), listener.Bound);
        logger.Listening(address.Bound);
    }

    /// <summary>Has every connection end itself (<see cref="CloseReason.ServerStopping"/>).</summary>
    // Before any other service stops: a device in this process takes its leave as it stops, and would count as gone, since a stop of
    // the server is no absence of those that were connected.
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredService<ConnectedClients>().Stop();
        return Task.CompletedTask;
    }

    /// <summary>Stops listening.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        address.Listeners = [];
        if (_server is null)
            return;

        var stopped = _server.StopAsync(cancellationToken);
        services.GetRequiredService<ConnectedClients>().Stop();
        await stopped;
        await services.GetRequiredService<SessionJournal>().Stop(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _server?.Dispose();
        foreach (var certificates in _certificates.Values)
            certificates.Dispose();
    }

    /// <summary>Answers what tells the address once the server has started.</summary>
    private Func<ListenOptions> Listen(Listener listener, GatewayParts parts)
    {
        if (!ListenAddress.TryParse(listener.Host, out var ip))
            throw new OptionsValidationException(Options.DefaultName, typeof(MqttGatewayOptions), [$"'{listener.Host}' is not an address to listen on."]);

        ListenOptions? listening = null;
        var port = listener.Port ?? 0;
        if (ip.Equals(IPAddress.IPv6Any))
            _kestrel.ListenAnyIP(port, Configure); // makes do with IPv4 where there is no IPv6
        else
            _kestrel.Listen(ip, port, Configure);
        return () => listening!;

        void Configure(ListenOptions listen)
        {
            listening = listen;
            listen.Protocols = HttpProtocols.Http1; // of MQTT never reached: its handler ends the pipeline
            gate.Guard(listen, listener.Transport);
            if (listener.Tls is { } tls)
                Secure(listen, CertificatesOf(tls, parts), listener.Transport.UsesHttp() ? [SslApplicationProtocol.Http11] : MqttProtocols);
            if (!listener.Transport.UsesHttp())
                listen.UseConnectionHandler<MqttConnectionHandler>();
        }
    }

    private void Secure(ListenOptions listen, TlsCertificates certificates, List<SslApplicationProtocol> alpn)
    {
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = options.Value.ConnectTimeout,
            OnConnection = handshake =>
            {
                var how = certificates.ForConnection(handshake.Connection);
                how.ApplicationProtocols = alpn;
                return ValueTask.FromResult(how);
            },
        });
        ConnectionGate.GuardSecured(listen);
    }

    private TlsCertificates CertificatesOf(TlsSetup setup, GatewayParts parts)
    {
        if (!_certificates.TryGetValue(setup, out var certificates))
            _certificates[setup] = certificates = new TlsCertificates(setup, parts.Clients, parts.Time, parts.Metrics, logger);
        return certificates;
    }
}
