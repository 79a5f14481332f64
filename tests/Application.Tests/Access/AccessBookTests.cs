using System.Collections.Immutable;
using System.Text;
using OrleansIot.Application.Access;
using OrleansIot.Domain.Access;
using OrleansIot.TestKit.Storage;

namespace OrleansIot.Application.Tests.Access;

public sealed class AccessBookTests
{
    private const string Fleet = """{ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "iot:*", "Resource": "*" } }""";

    private static readonly PasswordHash Password = PasswordHash.Of("correct horse"u8);

    private readonly InMemoryAccessStore _store = new();

    [Fact]
    public async Task What_is_written_is_read_back_by_another_book()
    {
        using var book = new AccessBook(_store);
        var policy = new AccessPolicy(PolicyDocumentReader.Read("fleet", Fleet).Policy!, Fleet);
        await book.Edit(edition => (edition.With(policy), 0));
        foreach (var credential in Credentials())
            await book.Edit(edition => (edition.With(credential), 0));

        using var other = new AccessBook(_store);
        Assert.Empty((await other.Refresh()).Faults);

        Assert.Equal(book.Current.Credentials.Keys, other.Current.Credentials.Keys);
        foreach (var (principal, expected) in book.Current.Credentials)
        {
            var read = other.Current.Find(principal)!;
            Assert.Equal(expected.Secret, read.Secret);
            Assert.Equal(expected.Policies.AsEnumerable(), read.Policies);
            Assert.Equal(expected.ClientIds.AsEnumerable(), read.ClientIds);
        }

        Assert.Equal(CertificateStatus.Revoked, other.Current.FindCertificate(new string('a', 64))!.Status);
        Assert.Equal(DateTimeOffset.UnixEpoch, Assert.Single(other.Current.All<Credential.Token>()).Expires);
        Assert.Equal(Encoding.UTF8.GetString(AccessDocument.Write(book.Current).Span), Encoding.UTF8.GetString(AccessDocument.Write(other.Current).Span));
    }

    [Fact]
    public async Task A_change_that_is_not_stored_is_not_in_force()
    {
        using var book = new AccessBook(_store);
        _store.RefusesWrites = true;

        await Assert.ThrowsAsync<StoreException>(async () => await book.Edit(edition => (edition.With(User("pump-1")), 0)));

        Assert.Empty(book.Current.Credentials);
    }

    [Fact]
    public async Task Of_two_books_on_one_store_neither_undoes_what_the_other_wrote()
    {
        using var one = new AccessBook(_store);
        using var other = new AccessBook(_store);
        await one.Edit(edition => (edition.With(User("a")), 0));
        await other.Edit(edition => (edition.With(User("b")), 0));
        await one.Edit(edition => (edition.With(User("c")), 0));
        await other.Refresh();

        Assert.Equal(["user/a", "user/b", "user/c"], one.Current.Credentials.Keys);
        Assert.Equal(one.Current.Credentials.Keys, other.Current.Credentials.Keys);
    }

    [Fact]
    public async Task Many_edits_at_once_are_all_made()
    {
        using var one = new AccessBook(_store);
        using var other = new AccessBook(_store);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(n => Task.Run(async () =>
            await (n % 2 == 0 ? one : other).Edit(edition => (edition.With(User($"u{n}")), 0)))));

        await one.Refresh();
        Assert.Equal(50, one.Current.Credentials.Count);
    }

    [Fact]
    public async Task Who_listens_hears_of_each_other_edition_and_of_nothing_else()
    {
        using var book = new AccessBook(_store);
        var heard = 0;
        book.Changed += () => heard++;
        await book.Edit(edition => (edition.With(User("a")), 0));
        await book.Edit(edition => (edition, 0));
        await book.Refresh();
        Assert.Equal(1, heard);

        _store.Write("{}");
        Assert.True((await book.Refresh()).IsNew);
        Assert.Equal(2, heard);
        Assert.Empty(book.Current.Credentials);
    }

    [Fact]
    public async Task A_broken_document_leaves_what_is_in_force_and_is_not_written_over()
    {
        using var book = new AccessBook(_store);
        await book.Edit(edition => (edition.With(User("a")), 0));
        _store.Write("{ not yet done");

        var refresh = await book.Refresh();

        Assert.StartsWith("$: is not JSON (line 1,", Assert.Single(refresh.Faults).ToString(), StringComparison.Ordinal);
        Assert.False((await book.Refresh()).IsNew);
        Assert.Equal(["user/a"], book.Current.Credentials.Keys);
        await Assert.ThrowsAsync<StoreException>(async () => await book.Edit(edition => (edition.With(User("b")), 0)));
        Assert.Equal("{ not yet done", _store.Text);
    }

    [Theory]
    [InlineData("pump-1", "dt/devices/pump-1/telemetry", true)]
    [InlineData("pump-1", "dt/devices/pump-2/telemetry", false)]
    [InlineData("pump-2", "dt/devices/pump-2/telemetry", false)] // not its own id, so what belongs to that id is not its own either
    public void The_default_policy_counts_for_the_client_ids_of_the_credential_alone(string clientId, string topic, bool allowed)
    {
        var policies = AccessEdition.Empty.PoliciesOf(User("pump-1"), clientId, commonName: null, attributesNeedGrant: false);
        Assert.Equal(allowed, policies.Evaluate(PolicyRequest.Publish(Encoding.UTF8.GetBytes(topic)), new AccessContext(clientId)).IsAllowed);
    }

    [Fact]
    public void A_certificate_without_things_acts_for_its_common_name()
    {
        var certificate = new Credential.Certificate(new string('a', 64), CertificateStatus.Active, [], []);
        Assert.Single(AccessEdition.Empty.PoliciesOf(certificate, "pump-1", "pump-1", false).Policies);
        Assert.Empty(AccessEdition.Empty.PoliciesOf(certificate, "pump-2", "pump-1", false).Policies);
        Assert.Empty(AccessEdition.Empty.PoliciesOf(certificate with { ClientIds = ["pump-9"] }, "pump-1", "pump-1", false).Policies);
    }

    [Fact]
    public void Connections_with_the_same_policies_share_one_set() => Assert.Same(
        AccessEdition.Empty.PoliciesOf(User("a"), "a", null, false), AccessEdition.Empty.PoliciesOf(User("b"), "b", null, false));

    private static Credential.User User(string name) => new(name, Password, [], []);

    private static ImmutableArray<Credential> Credentials() =>
    [
        User("pump-1"),
        new Credential.User("site", Password, ["fleet", "default-device"], ["site", "site-2"]),
        new Credential.Certificate(new string('a', 64), CertificateStatus.Revoked, ["fleet"], ["boiler"], "PEM"),
        new Credential.Token("t-1", BearerToken.DigestOf(BearerToken.New()), DateTimeOffset.UnixEpoch, [], ["pump-2"]),
    ];
}
