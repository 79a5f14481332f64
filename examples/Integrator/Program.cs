using System.Net.Sockets;
using Amazon.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansIot.Integrator;

const string Usage = """
    An Orleans client of an OrleansIot cluster.

      list              the devices
      show <device>     what is believed of one
      follow <device>   the same, and each change until Ctrl-C

    Settings, after the command; the same as the silos':
      --Cluster:Mode=Localhost        one silo on this machine (--Cluster:GatewayPort=30000)
      --Cluster:Mode=DynamoDb         silos found in DynamoDB: --DynamoDb:ServiceUrl=… or --DynamoDb:Region=…,
                                      --DynamoDb:TablePrefix=orleansiot-, credentials as the AWS SDK finds them
      --Cluster:ClusterId=orleansiot  --Cluster:ServiceId=orleansiot
    """;

string[] words = [.. args.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal))];
if (words is not (["list"] or ["show" or "follow", _]))
{
    await Console.Error.WriteLineAsync(Usage);
    return 2;
}

try
{
    using var host = ClusterClient.Build(args[words.Length..]);
    await host.StartAsync().WaitAsync(TimeSpan.FromSeconds(20)); // a table that does not answer is asked for minutes
    var fleet = new FleetReader(host.Services.GetRequiredService<IClusterClient>(), Console.Out, TimeProvider.System);
    var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
    var found = words switch
    {
        ["show", var device] => await fleet.Show(device),
        ["follow", var device] => await fleet.Follow(device, stopping),
        _ => await fleet.List(),
    };
    await host.StopAsync();
    return found ? 0 : 1;
}
catch (Exception e) when (e is SiloUnavailableException or OrleansException or SocketException or AmazonClientException or AmazonServiceException or HttpRequestException or TimeoutException)
{
    await Console.Error.WriteLineAsync($"The cluster does not answer: {e.Message}\nIs a silo running, with the same Cluster and DynamoDb settings as given here?");
    return 1;
}
catch (Exception e) when (e is ArgumentException or InvalidOperationException { InnerException: FormatException or ArgumentException })
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
