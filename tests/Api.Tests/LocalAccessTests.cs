using Microsoft.AspNetCore.Builder;
using OrleansIot.Api.Access;
using OrleansIot.Api.Tests.Host;

namespace OrleansIot.Api.Tests;

public sealed class LocalAccessTests
{
    [Theory]
    [InlineData("localhost:5000", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("[::1]:80", 200)]
    [InlineData("rebound.example", 421)]
    [InlineData("192.168.1.7:5000", 421)]
    [InlineData("localhost.example", 421)]
    public async Task Without_a_key_only_names_of_this_machine_are_served(string name, int status)
    {
        await using var host = await ApiHost.Started();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/devices");
        request.Headers.Host = name;

        using var response = await host.Client.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Without_a_key_pages_need_no_sign_in_and_another_site_still_changes_nothing()
    {
        await using var host = await ApiHost.Started();
        Assert.Equal("dashboard", await host.Client.GetStringAsync("/"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/change");
        request.Headers.Add("Sec-Fetch-Site", "same-site");

        using var response = await host.Client.SendAsync(request);

        Assert.Equal(403, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("--urls=http://0.0.0.0:8080")]
    [InlineData("--urls=http://localhost:1;http://*:8080")]
    [InlineData("--urls=http://[::]:8080")]
    [InlineData("--urls=http://192.168.1.7:8080")]
    [InlineData("--HTTP_PORTS=8080")]
    [InlineData("--Kestrel:Endpoints:Main:Url=http://+:8080")]
    public void Without_a_key_an_address_that_others_can_reach_is_refused(string argument)
    {
        Assert.True(LoopbackGuard.Refuses(With(argument), out var reason));
        Assert.Contains("--Access:ApiKey", reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', reason);
        Assert.False(LoopbackGuard.Refuses(With(argument, "--Access:ApiKey=correct-horse-battery"), out _));
    }

    [Theory]
    [InlineData]
    [InlineData("--urls=http://localhost:8080;https://127.0.0.1:8081;http://[::1]:8082;http://127.8.8.8:1")]
    [InlineData("--urls=http://unix:/run/orleansiot.sock")]
    [InlineData("--urls=http://localhost:8080", "--HTTP_PORTS=8080")]
    public void Addresses_of_this_machine_need_no_key(params string[] arguments) =>
        Assert.False(LoopbackGuard.Refuses(With(arguments), out _));

    [Theory]
    [InlineData("--urls=8080")]
    [InlineData("--urls=http://localhost:1;localhost:2", "--Access:ApiKey=correct-horse-battery")]
    public void What_is_no_address_is_refused_by_its_name(params string[] arguments)
    {
        Assert.True(LoopbackGuard.Refuses(With(arguments), out var reason));
        Assert.Contains("is no address to listen on", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_that_a_host_listens_on_by_code_count_too() =>
        Assert.True(LoopbackGuard.Refuses(With(), out _, "http://0.0.0.0:8080"));

    private static WebApplication With(params string[] arguments)
    {
        var builder = WebApplication.CreateSlimBuilder(arguments);
        builder.Services.AddApi(builder.Configuration);
        return builder.Build();
    }
}
