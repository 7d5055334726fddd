using Resonance.Audit.Checkpoints;
using Xunit;

namespace Resonance.Tests.Audit.Checkpoints;

/// <summary>Against the keys and notes that Go's <c>golang.org/x/mod/sumdb/note</c> is tested with.</summary>
public sealed class SignedNoteTests
{
    const string PeterPrivate = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const string PeterPublic = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const string EnochPublic = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";

    const string Text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";

    const string PeterLine =
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    const string EnochLine =
        "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

    static readonly NoteVerifier Peter = VerifierOf(PeterPublic);
    static readonly NoteVerifier Enoch = VerifierOf(EnochPublic);

    [Fact]
    public void The_known_key_signs_the_known_note()
    {
        Assert.True(NoteSigner.TryParse(PeterPrivate, out var signer));

        Assert.Equal(PeterPublic, signer.Verifier.ToString());
        Assert.Equal(PeterPrivate, signer.ToPrivateText());
        Assert.Equal(Text + "\n" + PeterLine, signer.Sign(Text));
    }

    [Fact]
    public void A_note_with_two_signatures_is_read_and_both_are_right()
    {
        Assert.True(SignedNote.TryParse(Text + "\n" + PeterLine + EnochLine, out var note));

        Assert.Equal(Text, note.Text);
        Assert.Equal(["PeterNeumann", "EnochRoot"], note.Signatures.Select(signature => signature.Name));
        Assert.True(note.IsSignedBy(Peter));
        Assert.True(note.IsSignedBy(Enoch));
    }

    [Fact]
    public void A_signer_that_is_shown_by_mistake_shows_its_public_half()
    {
        var signer = NoteSigner.Generate("example.com/log");

        Assert.DoesNotContain("PRIVATE", signer.ToString(), StringComparison.Ordinal);
        Assert.True(NoteSigner.TryParse(signer.ToPrivateText(), out var again));
        Assert.Equal(signer.Sign(Text), again.Sign(Text));
    }

    [Fact]
    public void The_signature_of_somebody_else_is_not_taken_for_this_ones()
    {
        Assert.True(SignedNote.TryParse(Text + "\n" + EnochLine, out var note));

        Assert.False(note.IsSignedBy(Peter));
        Assert.False(note.IsSignedBy(new NoteVerifier("EnochRoot", new byte[32])));
    }

    [Fact]
    public void Whatever_letter_of_a_note_is_changed_it_is_refused()
    {
        var whole = Text + "\n" + PeterLine;
        for (var i = 0; i < whole.Length; i++)
        {
            var changed = whole[..i] + (whole[i] == 'A' ? 'B' : 'A') + whole[(i + 1)..];

            Assert.False(SignedNote.TryParse(changed, out var note) && note.IsSignedBy(Peter), $"letter {i}: {changed}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("text\n")]
    [InlineData("text\n\n")]
    [InlineData("text\n\n— name\n")]
    [InlineData("text\n\n— name AAAA\n")]
    [InlineData("text\n\n- name AAAAAAAAAAA=\n")]
    [InlineData("text\n\n— na+me AAAAAAAAAAA=\n")]
    [InlineData("text\n\n— name AAAAAAAAAAA=")]
    [InlineData("text\n\n— name AAAAAAAAAAB=\n")]
    [InlineData("text\r\n\n— name AAAAAAAAAAA=\n")]
    [InlineData("text\n— name AAAAAAAAAAA=\n")]
    public void What_is_no_signed_note_is_not_read(string text) => Assert.False(SignedNote.TryParse(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("PeterNeumann")]
    [InlineData("PeterNeumann+c74f20a3")]
    [InlineData("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [InlineData("PeterNeumenn+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [InlineData("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [InlineData("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TX")]
    [InlineData("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10")]
    [InlineData("PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    public void What_is_no_key_is_not_read(string text)
    {
        Assert.False(NoteVerifier.TryParse(text, out _));
        Assert.False(NoteSigner.TryParse("PRIVATE+KEY+" + text, out _));
    }

    [Fact]
    public void A_checkpoint_is_three_lines()
    {
        var checkpoint = new Checkpoint("example.com/log", 42, [.. Enumerable.Repeat((byte)1, 32)]);

        Assert.Equal("example.com/log\n42\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n", checkpoint.Text);
        Assert.True(Checkpoint.TryParse(checkpoint.Text, out var read));
        Assert.Equal(("example.com/log", 42L), (read.Origin, read.Size));
        Assert.Equal(checkpoint.Root, read.Root);
        Assert.True(Checkpoint.TryParse(checkpoint.Text + "an extension\n", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("log\n42\n")]
    [InlineData("\n42\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n")]
    [InlineData("log\n042\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n")]
    [InlineData("log\n-1\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n")]
    [InlineData("log\n 1\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n")]
    [InlineData("log\n99999999999999999999\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n")]
    [InlineData("log\n42\nAQEB\n")]
    [InlineData("log\n42\nAQEBAQEBAQEBAQEB AQEBAQEBAQEBAQEBAQEBAQEBAQE=\n")]
    [InlineData("log\n42\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")]
    public void What_is_no_checkpoint_is_not_read(string text) => Assert.False(Checkpoint.TryParse(text, out _));

    static NoteVerifier VerifierOf(string text)
    {
        Assert.True(NoteVerifier.TryParse(text, out var verifier));
        return verifier;
    }
}
