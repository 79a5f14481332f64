using System.Net.Sockets;
using Microsoft.Extensions.Options;
using OrleansIot.Application;
using OrleansIot.Gateway;

namespace OrleansIot.Hosting;

/// <summary>Turns what is wrong with the settings or the machine into lines that a person can act on, all of them at once.</summary>
public static class StartFaults
{
    private const int Refused = 2;

    // For a supervisor: what a start was refused for may pass by itself, such as a disk that is full.
    private const int TryAgain = 3;

    /// <summary>Runs the host; a fault that its user can mend is printed without a stack trace. Anything else is a bug and is thrown.</summary>
    public static async Task<int> Guard(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception e) when (Messages(e) is { Count: > 0 } messages)
        {
            foreach (var message in messages)
                await Console.Error.WriteLineAsync($"Cannot start: {message}");

            return e is StoreException { IsTransient: true } ? TryAgain : Refused;
        }
    }

    private static List<string> Messages(Exception exception) => exception switch
    {
        AggregateException many when many.InnerExceptions.All(inner => Messages(inner).Count > 0) => [.. many.InnerExceptions.SelectMany(inner => Messages(inner))],
        OptionsValidationException invalid => [.. invalid.Failures.SelectMany(failure => failure.Split("; ", StringSplitOptions.RemoveEmptyEntries)).Select(failure => BySetting(failure, invalid.OptionsType))],

        // The configuration binder's: a value that is no number, time span or boolean.
        InvalidOperationException { InnerException: FormatException or ArgumentException } unreadable => [unreadable.Message],
        ListenRefusedException refused => [refused.Message],
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } inUse => [$"{inUse.Message} Choose another with --urls."],
        SocketException { SocketErrorCode: SocketError.AccessDenied or SocketError.AddressNotAvailable } socket =>
            [$"An address cannot be listened on: {socket.Message}. Choose another with --urls."],
        StoreException or StartRefusedException => [exception.Message],
        _ => [],
    };

    /// <summary>The generated validators name a member of a class ("Port: The field MqttGatewayOptions.Port must be …"); whoever starts this knows the setting.</summary>
    private static string BySetting(string failure, Type options)
    {
        if (options.GetField("Section")?.GetRawConstantValue() is not string section || failure.IndexOf(": ", StringComparison.Ordinal) is not (> 0 and var end))
            return failure;

        var member = failure[..end];
        return options.GetProperty(member) is null
            ? failure
            : failure[(end + 2)..].Replace("The field ", "", StringComparison.Ordinal).Replace($"{options.Name}.{member}", $"{section}:{member}", StringComparison.Ordinal);
    }
}
