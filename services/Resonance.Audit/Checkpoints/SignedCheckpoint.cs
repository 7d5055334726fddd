namespace Resonance.Audit.Checkpoints;

/// <summary>A checkpoint as it is stored.</summary>
/// <param name="Size">Leaves that it covers, at least 1.</param>
/// <param name="Root">The root over them, 32 bytes.</param>
/// <param name="Note">The signed note, in the form of C2SP tlog-checkpoint.</param>
/// <param name="VerifierKey">Public key of the signer, <c>name+hash+base64</c>. It proves nothing: whoever checks the note knows the key.</param>
/// <param name="SignedAt">When it was signed, by the signer's clock.</param>
public sealed record SignedCheckpoint(long Size, byte[] Root, string Note, string VerifierKey, DateTimeOffset SignedAt);
