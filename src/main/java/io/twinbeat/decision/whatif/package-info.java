/**
 * What would happen if: both nodes' cores run on from what is known now, in virtual time, with
 * plain assumptions about everything around them. Pure, and touches nothing real.
 */
package io.twinbeat.decision.whatif;
