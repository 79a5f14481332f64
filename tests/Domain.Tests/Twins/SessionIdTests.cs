using OrleansIot.Domain.Twins;

namespace OrleansIot.Domain.Tests.Twins;

public class SessionIdTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    [InlineData(-1)]
    public void The_run_reads_back_and_connections_of_different_runs_differ(int run)
    {
        Assert.Equal(run, SessionId.Of(run, 7).Run);
        Assert.Equal(run, SessionId.Of(run, -1).Run); // the four billionth connection
        Assert.NotEqual(SessionId.Of(run, 7), SessionId.Of(unchecked(run + 1), 7));
    }
}
