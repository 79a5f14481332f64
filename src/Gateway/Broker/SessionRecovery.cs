using Microsoft.Extensions.Logging;

namespace OrleansIot.Gateway.Broker;

/// <summary>Takes up what is stored, before anybody can connect.</summary>
internal sealed class SessionRecovery(
    SessionJournal journal, SessionRegistry sessions, RetainedMessages retained, TimeProvider time, ILogger<SessionRecovery> logger)
{
    public async Task Run(CancellationToken cancellation)
    {
        if (!journal.IsOn)
            return;

        var stored = await journal.Start(cancellation);
        foreach (var message in stored.Retained)
            retained.Restore(StoredMessages.Message(message, time));
        foreach (var session in stored.Sessions)
            sessions.Restore(session);
        sessions.OnDue();
        if (stored.Sessions.Count + stored.Retained.Count > 0)
            logger.SessionsRestored(stored.Sessions.Count, stored.Retained.Count);
    }
}
