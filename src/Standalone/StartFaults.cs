using Microsoft.Extensions.Options;
using OrleansIot.Application;

namespace OrleansIot.Standalone;

/// <summary>Turns what is wrong with the settings or the machine into lines that a person can act on, all of them at once.</summary>
internal static class StartFaults
{
    private const int Success = 0;
    private const int Refused = 2;

    /// <summary>Runs the host; a fault that its user can mend is printed without a stack trace. Anything else is a bug and is thrown.</summary>
    public static async Task<int> Guard(Func<Task> run)
    {
        try
        {
            await run();
            return Success;
        }
        catch (Exception e) when (Messages(e) is { Count: > 0 } messages)
        {
            foreach (var message in messages)
                await Console.Error.WriteLineAsync($"Cannot start: {message}");

            return Refused;
        }
    }

    private static List<string> Messages(Exception exception) => exception switch
    {
        AggregateException many when many.InnerExceptions.All(inner => Messages(inner).Count > 0) => [.. many.InnerExceptions.SelectMany(Messages)],
        OptionsValidationException invalid => [.. invalid.Failures.SelectMany(failure => failure.Split("; ", StringSplitOptions.RemoveEmptyEntries))],

        // The configuration binder's: a value that is no number, time span or boolean.
        InvalidOperationException { InnerException: FormatException or ArgumentException } unreadable => [unreadable.Message],
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } inUse => [$"{inUse.Message} Choose another with --urls or --Gateway:Port."],
        StoreException or StartRefusedException => [exception.Message],
        _ => [],
    };
}
