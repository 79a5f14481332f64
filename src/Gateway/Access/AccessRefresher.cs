using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application;
using OrleansIot.Application.Access;

namespace OrleansIot.Gateway.Access;

/// <summary>Puts the access document in force before anybody connects, then looks at it now and then.</summary>
internal sealed class AccessRefresher(
    AccessBook book, AccessFile file, OpenConnections open, IOptions<ClientAccessOptions> options, TimeProvider time, ILogger<AccessRefresher> logger)
    : BackgroundService
{
    private PeriodicTimer? _timer;
    private string? _told;

    /// <exception cref="StoreException">The document is not valid, or cannot be read.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var read = await book.Refresh(cancellationToken);
        if (!read.Faults.IsEmpty)
            throw new StoreException($"{file.Name}: {string.Join(" ", read.Faults)}", isTransient: false);
        if (!book.Current.Knows(options.Value.AnonymousPolicy))
            throw new StoreException($"Gateway:Access:AnonymousPolicy is '{options.Value.AnonymousPolicy}', and {file.Name} holds no such policy.", isTransient: false);

        if (book.Current != AccessEdition.Empty)
            TellLoaded();

        // From here on, and not from whenever a thread is free for the loop.
        _timer = new PeriodicTimer(options.Value.ReloadInterval, time);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _timer?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await Next(_timer!, stoppingToken))
        {
            await Refresh(stoppingToken);
            open.EndExpired(time.GetUtcNow());
        }
    }

    private static async ValueTask<bool> Next(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async ValueTask Refresh(CancellationToken stopping)
    {
        try
        {
            var read = await book.Refresh(stopping);
            if (read.IsNew && read.Faults.IsEmpty)
                TellLoaded();
            else if (read.IsNew)
                TellFault(string.Join(" ", read.Faults));
        }
        catch (StoreException unreadable)
        {
            TellFault(unreadable.Message);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The next wait ends it.
        }
    }

    private void TellLoaded()
    {
        _told = null;
        var edition = book.Current;
        logger.Loaded(
            edition.Policies.Count, edition.All<Credential.User>().Count(), edition.All<Credential.Certificate>().Count(), edition.All<Credential.Token>().Count(), file.Name);
    }

    // Once, not twice a second.
    private void TellFault(string fault)
    {
        if (fault == _told)
            return;

        _told = fault;
        logger.NotLoaded(file.Name, fault);
    }
}
