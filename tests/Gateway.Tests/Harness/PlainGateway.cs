using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Application.Access;
using OrleansIot.Application.Access.Ports;
using OrleansIot.TestKit.Storage;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>A gateway without sockets whose access document the test writes, and puts in force when it likes.</summary>
internal sealed class PlainGateway : IAsyncDisposable
{
    public PlainGateway(string json, params (string Setting, string Value)[] settings)
    {
        Store.Write(json);
        Gateway = new TestGateway(services => services.AddSingleton<IAccessStore>(Store), settings);
    }

    public InMemoryAccessStore Store { get; } = new();

    public TestGateway Gateway { get; }

    public async Task Refresh()
    {
        var read = await Gateway.Services.GetRequiredService<AccessBook>().Refresh();
        Assert.Empty(read.Faults);
    }

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
