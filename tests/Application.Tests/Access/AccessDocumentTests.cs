using OrleansIot.Application.Access;

namespace OrleansIot.Application.Tests.Access;

public sealed class AccessDocumentTests
{
    [Fact]
    public void All_faults_of_a_document_are_told_at_once_each_with_its_place()
    {
        var read = AccessDocumentReader.Read("""
            {
              "policies": {
                "default-device": { },
                "a/b": { },
                "fleet": { "Version": "2012-10-17", "Statement": [{ "Effect": "Alow", "Action": "iot:Publish", "Resource": "*" }] }
              },
              "users": { "pump-1": { "passwordHash": "secret", "policy": [] }, "pump-2": 3 },
              "certificates": { "AB": { }, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": { "status": "REVOCED", "things": ["+"], "policies": ["nobody"] } },
              "tokens": { "t": { "sha256": "no", "expires": "soon" } },
              "groups": { }
            }
            """);

        Assert.Null(read.Edition);
        Assert.Equal(
            [
                "groups", "policies.default-device", "policies.a/b", "policies.fleet.Statement[0].Effect", "users.pump-1.policy", "users.pump-1.passwordHash", "users.pump-2",
                "certificates.AB", "certificates.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.status",
                "certificates.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.things[0]", "tokens.t.sha256",
                "certificate/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: policies[0]",
            ],
            read.Faults.Select(fault => fault.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    public void Without_a_document_there_is_nobody(string json) => Assert.Empty(AccessDocumentReader.Read(json).Edition!.Credentials);

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{ "users": {}, "users": {} }""")]
    [InlineData("""{ "users": [] }""")]
    public void What_is_no_document_is_refused_whole(string json) => Assert.NotEmpty(AccessDocumentReader.Read(json).Faults);

    [Theory]
    [InlineData("correct horse", true)]
    [InlineData("correct horse ", false)]
    [InlineData("", false)]
    public void A_password_matches_its_hash_alone_after_it_was_written_and_read(string password, bool matches)
    {
        var hash = PasswordHash.Of("correct horse"u8);
        Assert.True(PasswordHash.TryParse(hash.Text, out var read));
        Assert.Equal(matches, read.Matches(System.Text.Encoding.UTF8.GetBytes(password)));
        Assert.NotEqual(hash.Text, PasswordHash.Of("correct horse"u8).Text);
    }

    [Theory]
    [InlineData("pbkdf2-sha512$1000$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")] // cheap to guess
    [InlineData("pbkdf2-sha512$900000000$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")] // would stand still
    [InlineData("pbkdf2-sha512$210000$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2-sha1$210000$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("secret")]
    [InlineData(null)]
    public void What_is_no_hash_of_ours_is_refused(string? text) => Assert.False(PasswordHash.TryParse(text, out _));

    [Fact]
    public void A_token_is_known_by_its_form_and_found_by_its_digest()
    {
        var text = BearerToken.New();
        var token = new Credential.Token("t", BearerToken.DigestOf(text), null, [], []);
        var edition = AccessEdition.Empty.With(token);
        Assert.Same(token, edition.FindToken(System.Text.Encoding.UTF8.GetBytes(text)));
        Assert.Null(edition.FindToken(System.Text.Encoding.UTF8.GetBytes(BearerToken.New())));
        Assert.Null(edition.FindToken(System.Text.Encoding.UTF8.GetBytes(token.Digest)));
        Assert.DoesNotContain(text, System.Text.Encoding.UTF8.GetString(AccessDocument.Write(edition).Span), StringComparison.Ordinal);
    }
}
