using System.IO.Pipelines;
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
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create<string, string?>(s.Setting, s.Value)));
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create<string, string?>("Gateway:Port", "0")]);
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton<ITwins>(Twins);
        builder.Services.AddSingleton<IngestStatistics>();
        builder.AddMqttGateway();
        _host = builder.Build();
    }

    public FakeTwins Twins { get; } = new();

    public ManualTime Time { get; } = new();

    public IngestStatistics Statistics => _host.Services.GetRequiredService<IngestStatistics>();

    public IServiceProvider Services => _host.Services;

    /// <summary>Opens a transport; CONNECT is for the test to send.</summary>
    public TestClient Open(MqttVersion version = MqttVersion.V5, PipeOptions? toClient = null)
    {
        var up = new Pipe();
        var down = new Pipe(toClient ?? PipeOptions.Default);
        var context = new TestConnectionContext(new DuplexPipe(up.Reader, down.Writer)) { ConnectionId = $"test-{++_lastConnection}" };
        var serverSide = _host.Services.GetRequiredService<MqttConnectionHandler>().OnConnectedAsync(context);
        return new TestClient(new DuplexPipe(down.Reader, up.Writer), version, serverSide);
    }

    public async Task<TestClient> Connect(string clientId, MqttVersion version = MqttVersion.V5)
    {
        var client = Open(version);
        var answer = await client.Connect(clientId);
        Assert.Equal(MqttReasonCode.Success, answer.Code);
        return client;
    }

    /// <summary>The sum of a counter of this gateway, over all its tags, from when it is called.</summary>
    public static MeterWatch Watch(string instrument) => new(instrument);

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
