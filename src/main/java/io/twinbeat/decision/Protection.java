package io.twinbeat.decision;

/** What the simulator's mutants switch off one by one, to show that it is missed. */
public interface Protection {}
