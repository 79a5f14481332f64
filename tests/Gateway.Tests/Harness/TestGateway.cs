using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansIot.Application.Telemetry;
using OrleansIot.Application.Twins;
using OrleansIot.Gateway.Connections;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>The gateway as a host builds it, with twins and a clock that the test rules, and connections that are a pair of pipes.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly IHost _host;
    private int _lastConnection;

    public TestGateway(params (string Setting, string Value)[] settings)
        : this(_ => { }, settings)
    {
    }

    /// <param name="addFirst">Adds what has to be there before the gateway is added.</param>
    public TestGateway(Action<IServiceCollection> addFirst, params (string Setting, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create<string, string?>(s.Setting, s.Value)));
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create<string, string?>("Gateway:Port", "0")]);
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton<ITwins>(Twins);
        builder.Services.AddSingleton<IngestStatistics>();
        addFirst(builder.Services);
        builder.AddMqttGateway();
        _host = builder.Build();
    }

    public FakeTwins Twins { get; } = new();

    public ManualTime Time { get; } = new();

    public IngestStatistics Statistics => _host.Services.GetRequiredService<IngestStatistics>();

    public IServiceProvider Services => _host.Services;

    /// <summary>Opens a transport; CONNECT is for the test to send.</summary>
    /// <param name="toClient">Of the way from the gateway to the client: a small buffer makes a slow client.</param>
    /// <param name="readsInline">When the client's Send returns the gateway has dealt with what was sent, or holds the client up, if it was at rest before.</param>
    public TestClient Open(MqttVersion version = MqttVersion.V5, PipeOptions? toClient = null, bool readsInline = false, IPAddress? from = null)
    {
        var up = new WatchedPipe(readsInline ? new PipeOptions(readerScheduler: PipeScheduler.Inline, useSynchronizationContext: false) : PipeOptions.Default);
        var down = new Pipe(toClient ?? PipeOptions.Default);
        var context = new TestConnectionContext(new DuplexPipe(up.Reader, down.Writer)) { ConnectionId = $"test-{++_lastConnection}", RemoteEndPoint = new IPEndPoint(from ?? IPAddress.Loopback, _lastConnection) };
        var serverSide = _host.Services.GetRequiredService<MqttConnectionHandler>().OnConnectedAsync(context);
        return new TestClient(new DuplexPipe(down.Reader, up.Writer), version, serverSide, up);
    }

    public async Task<TestClient> Connect(string clientId, MqttVersion version = MqttVersion.V5, bool readsInline = false)
    {
        var client = Open(version, readsInline: readsInline);
        var answer = await client.Connect(clientId);
        Assert.Equal(MqttReasonCode.Success, answer.Code);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class TestConnectionContext(IDuplexPipe transport) : DefaultConnectionContext
    {
        private readonly IDuplexPipe _own = transport;

        public override IDuplexPipe Transport { get; set; } = transport;

        public override void Abort(ConnectionAbortedException abortReason)
        {
            _own.Input.CancelPendingRead();
            _own.Output.CancelPendingFlush();
        }
    }
}
