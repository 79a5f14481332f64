using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Gateway.Connections;

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

    private KestrelServer? _server;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!ListenAddress.TryParse(options.Value.Host, out var ip))
            throw new OptionsValidationException(Options.DefaultName, typeof(MqttGatewayOptions), [$"Gateway:Host '{options.Value.Host}' is not an address."]);

        ListenOptions? listening = null;
        var kestrel = new KestrelServerOptions { ApplicationServices = services };
        kestrel.Limits.MaxConcurrentConnections = options.Value.MaxConnections;
        if (ip.Equals(IPAddress.IPv6Any))
            kestrel.ListenAnyIP(options.Value.Port, Configure); // makes do with IPv4 where there is no IPv6
        else
            kestrel.Listen(ip, options.Value.Port, Configure);

        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions { MaxReadBufferSize = ReadBufferBytes }), loggers);
        _server = new KestrelServer(Options.Create(kestrel), transport, loggers);
        await _server.StartAsync(new NoHttp(), cancellationToken);

        address.Bound = listening!.IPEndPoint;
        logger.Listening(address.Bound);

        void Configure(ListenOptions listen)
        {
            listening = listen;
            listen.Protocols = HttpProtocols.Http1; // never reached: the handler ends the pipeline
            listen.UseConnectionHandler<MqttConnectionHandler>();
        }
    }

    /// <summary>Stops listening and has every connection end itself (<see cref="CloseReason.ServerStopping"/>).</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        address.Bound = null;
        return _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;
    }

    public void Dispose() => _server?.Dispose();

    private sealed class NoHttp : IHttpApplication<object>
    {
        public object CreateContext(IFeatureCollection contextFeatures) => throw new NotSupportedException("This port speaks MQTT.");

        public Task ProcessRequestAsync(object context) => throw new NotSupportedException("This port speaks MQTT.");

        public void DisposeContext(object context, Exception? exception)
        {
        }
    }
}
