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
using OrleansIot.Gateway.Transports;

namespace OrleansIot.Gateway;

/// <summary>
/// A Kestrel server of its own for MQTT. Listening through the host's Kestrel would make it ignore the addresses its HTTP
/// side was told (<c>--urls</c>, ASPNETCORE_URLS), since endpoints set in code take their place.
/// </summary>
internal sealed class MqttGatewayServer(
    IOptions<MqttGatewayOptions> options, MqttGatewayAddress address, IServiceProvider services, ILoggerFactory loggers, ILogger<MqttGatewayServer> logger)
    : IHostedService, IDisposable
{
    // Bounds what a connection that is not being read (back-pressure) holds in this process. A larger packet still passes:
    // what has been looked at does not count.
    private const int ReadBufferBytes = 64 * 1024;

    private readonly KestrelServerOptions _kestrel = new() { ApplicationServices = services, AddServerHeader = false };
    private TlsCertificates? _certificates;
    private KestrelServer? _server;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var configured = options.Value;
        var parts = services.GetRequiredService<GatewayParts>();
        await services.GetRequiredService<SessionRecovery>().Run(cancellationToken);
        if (configured.UsesTls)
            _certificates = new TlsCertificates(configured.Tls, parts.Time, parts.Metrics, logger);

        _kestrel.Limits.MaxConcurrentConnections = configured.MaxConnections;

        // Of WebSocket's requests; once upgraded, MQTT's own limits hold.
        _kestrel.Limits.KeepAliveTimeout = configured.ConnectTimeout;
        _kestrel.Limits.RequestHeadersTimeout = configured.ConnectTimeout;
        _kestrel.Limits.MinResponseDataRate = null;

        var plain = Listen(configured.Host, configured.Port, Mqtt);
        var tls = Listen(configured.Tls, listen => Mqtt(Secure(listen, alpn: [])));
        var webSocket = Listen(configured.WebSocket, Http);
        var secureWebSocket = Listen(configured.SecureWebSocket, listen => Http(Secure(listen, alpn: [SslApplicationProtocol.Http11])));

        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions { MaxReadBufferSize = ReadBufferBytes }), loggers);
        var endpoint = new WebSocketEndpoint(services.GetRequiredService<MqttConnectionHandler>(), parts, ReadBufferBytes, loggers);
        _server = new KestrelServer(Options.Create(_kestrel), transport, loggers);
        await _server.StartAsync(endpoint, cancellationToken);

        address.Tls = Told("TLS", tls);
        address.WebSocket = Told("WebSocket", webSocket);
        address.SecureWebSocket = Told("secure WebSocket", secureWebSocket);
        address.Bound = plain().IPEndPoint;
        logger.Listening(address.Bound);
    }

    /// <summary>Stops listening and has every connection end itself (<see cref="CloseReason.ServerStopping"/>).</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        address.Bound = address.Tls = address.WebSocket = address.SecureWebSocket = null;
        if (_server is null)
            return;

        await _server.StopAsync(cancellationToken);
        await services.GetRequiredService<SessionJournal>().Stop(cancellationToken);
    }

    public void Dispose()
    {
        _server?.Dispose();
        _certificates?.Dispose();
    }

    private static void Mqtt(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1; // never reached: the handler ends the pipeline
        listen.UseConnectionHandler<MqttConnectionHandler>();
    }

    private static void Http(ListenOptions listen) => listen.Protocols = HttpProtocols.Http1;

    /// <param name="alpn">None for MQTT: a client that names a protocol is served all the same.</param>
    private ListenOptions Secure(ListenOptions listen, List<SslApplicationProtocol> alpn) => listen.UseHttps(new TlsHandshakeCallbackOptions
    {
        HandshakeTimeout = options.Value.ConnectTimeout,
        OnConnection = handshake =>
        {
            var how = _certificates!.ForConnection(handshake.Connection);
            how.ApplicationProtocols = alpn;
            return ValueTask.FromResult(how);
        },
    });

    private Func<ListenOptions>? Listen(ListenerOptions listener, Action<ListenOptions> configure) =>
        listener.Port is { } port ? Listen(listener.Host, port, configure) : null;

    /// <summary>Answers what tells the address once the server has started.</summary>
    private Func<ListenOptions> Listen(string host, int port, Action<ListenOptions> configure)
    {
        if (!ListenAddress.TryParse(host, out var ip))
            throw new OptionsValidationException(Options.DefaultName, typeof(MqttGatewayOptions), [$"'{host}' is not an address to listen on."]);

        ListenOptions? listening = null;
        if (ip.Equals(IPAddress.IPv6Any))
            _kestrel.ListenAnyIP(port, Configure); // makes do with IPv4 where there is no IPv6
        else
            _kestrel.Listen(ip, port, Configure);
        return () => listening!;

        void Configure(ListenOptions listen)
        {
            listening = listen;
            configure(listen);
        }
    }

    private IPEndPoint? Told(string what, Func<ListenOptions>? listening)
    {
        if (listening is null)
            return null;

        var bound = listening().IPEndPoint;
        logger.ListeningOver(what, bound);
        return bound;
    }
}
